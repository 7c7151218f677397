/* SPDX-License-Identifier: MIT */
/*
 * criterion_list.h - what a program of Criterion prints with --list, as
 * programs: it is started once for each test (CRX-5).
 */
#ifndef SUITE_CRITERION_LIST_H
#define SUITE_CRITERION_LIST_H

#include <stddef.h>

struct err;
struct programs;

/* Adds the tests of the program at path, which is absolute and lives as long
 * as the suite.  The len bytes are changed, and one more is written behind
 * them.  All of it must be what it is expected to be: a main() that takes no
 * arguments has run its tests instead.  0, or -EPROTO with a sentence. */
int criterion_list_parse(struct programs *all, const char *path, char *text,
			 size_t len, struct err *err);

#endif
