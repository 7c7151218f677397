/* SPDX-License-Identifier: MIT */
/*
 * runtime.h - which sanitizer's runtime a suite must find in its process, read
 * from the file before it is loaded (ENV-4).
 *
 * Such a runtime replaces malloc and more, so it has to be there from the
 * start of the program: the loader is started again with the library in front
 * of all others.  A runtime that can only be linked into a program cannot be
 * had, and that is a sentence.  Loader only: see elf_open().
 */
#ifndef SUITE_RUNTIME_H
#define SUITE_RUNTIME_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct elf;

#define RUNTIME_PATH_CAP 1024

/* What a suite's file asks for that this process does not have: 1 and the
 * library to be preloaded; 0 = nothing; -errno and why it cannot be had. */
int runtime_ask(const char *path, char library[RUNTIME_PATH_CAP],
		struct err *err);

/* The same of a file that has been read. */
int runtime_find(const struct elf *elf, char library[RUNTIME_PATH_CAP],
		 struct err *err);

/* In the loader: programs that tests start are not to get this one's. */
void runtime_hide(void);

/* Options for all sanitizers, NAME=VALUE, NULL at the end: what is found is a
 * failure of the test that is running.  In a loader the user's own go behind
 * them, and win; a program has them where the user has none. */
extern const char *const runtime_options[];

/* Of a program that has one linked into it (embed.c): from now on runtime_options
 * are in the environment, and runtime_slowness() knows of it. */
void runtime_adopt(void);

/* So many times longer than without it may a test take; 1 = none of them. */
double runtime_slowness(const char *library); /* NULL = the adopted one */

#endif
