/* SPDX-License-Identifier: MIT */
/*
 * patch.h - code of a program that exports nothing, taken over: a jump where a
 * function begins, and its own bytes again when it is to be called.
 *
 * One thread only, and not while the function runs.
 */
#ifndef SHIM_PATCH_H
#define SHIM_PATCH_H

#include <stdbool.h>
#include <stddef.h>

#define PATCH_SIZE 16

struct patch {
	void *function;
	unsigned char own[PATCH_SIZE];
	unsigned char jump[PATCH_SIZE];
};

/* False: not on this machine, or not allowed. */
bool patch_open(struct patch *p, void *function, void *instead);
void patch_on(struct patch *p);
void patch_off(struct patch *p);

/* Writes to memory that is read-only; false: not allowed. */
bool patch_write(void *to, const void *bytes, size_t size);

#endif
