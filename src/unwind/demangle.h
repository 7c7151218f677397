/* SPDX-License-Identifier: MIT */
/*
 * demangle.h - names of C++ as they were written.
 *
 * By the C++ runtime that the machine has, if it has one; it is looked for at
 * the first such name.  In this process only: such a name is hostile input,
 * and its reader has a history.
 */
#ifndef UNWIND_DEMANGLE_H
#define UNWIND_DEMANGLE_H

#include <stddef.h>

/* A symbol's name as people read it, or as it is; cut to cap. */
void demangle(const char *symbol, char *name, size_t cap);

#endif
