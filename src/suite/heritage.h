/* SPDX-License-Identifier: MIT */
/*
 * heritage.h - all that a worker inherits from the loader.
 *
 * The loader fills it before the fork; everything else a worker learns from
 * the sealed catalog and the arena.  The descriptors become the worker's.
 */
#ifndef SUITE_HERITAGE_H
#define SUITE_HERITAGE_H

#include "base/compiler.h"

#include <stdint.h>

struct native_suite;

#define HERITAGE_TEARDOWN 1u /* tear the run fixtures down, run nothing */

struct heritage {
	struct native_suite **suites;
	uint32_t n_suites;
	uint32_t slot;
	uint32_t generation;
	uint32_t flags;
	int catalog_fd;
	int arena_fd;
	int doorbell_fd; /* eventfd(2) of the runner */
	int spool_fd;	 /* stdout and stderr of the slot */
	int notes_fd;	 /* what the slot's tests have to say */
};

/* A worker's door: main.c hands it to the loader. */
typedef void (*heritage_door)(const struct heritage *heritage);

#endif
