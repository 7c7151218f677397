/* SPDX-License-Identifier: MIT */
/*
 * collect.h - sections of pointers, in all objects of the process, where they
 * are loaded (REG-2): what a framework's macros have left there.
 */
#ifndef SHIM_COLLECT_H
#define SHIM_COLLECT_H

#include <stdbool.h>

/* Calls it with each pointer of the sections of that name, in the order of the
 * objects; none of it is NULL.  False: a file could not be read as it must. */
bool collect(const char *section, void (*take)(void *item));

#endif
