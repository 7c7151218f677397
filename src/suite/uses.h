/* SPDX-License-Identifier: MIT */
/*
 * uses.h - the files that a suite's tests are made of and the loader does not
 * map: programs, files among their arguments, the libraries that these are
 * linked with, and what the list of tests was read from.
 *
 * No search is guessed: a library is looked for where the program itself says,
 * and in LD_LIBRARY_PATH.  Those of the system, which are found by neither, are
 * not told.  Nothing runs.  Loader only: see elf_open().
 */
#ifndef SUITE_USES_H
#define SUITE_USES_H

#include <stdbool.h>

struct adapter_suite;

/* starts: a test is a process of it. */
typedef void uses_tell(void *ctx, const char *path, bool starts);

/* Programs that tests start, or all; each once.  A program that is not there
 * yet is told all the same. */
void uses_each(const struct adapter_suite *s, bool all, uses_tell *tell,
	       void *ctx);

#endif
