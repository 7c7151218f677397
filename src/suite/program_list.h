/* SPDX-License-Identifier: MIT */
/*
 * program_list.h - a text that names programs, one on a line, and how each is
 * to be run; doc/adapters/programs.md tells users how it
 * is written.
 *
 *	@name=parse @timeout=5 LANG=C ./parser --strict 'a file'
 *
 * Words are split at blanks; '...', "..." and \ keep them together, and
 * nothing is expanded.  In front of the program stand words with @, which are
 * ours, and NAME=VALUE, its environment.
 */
#ifndef SUITE_PROGRAM_LIST_H
#define SUITE_PROGRAM_LIST_H

#include <stddef.h>

struct err;
struct programs;

/* Where a text comes from. */
struct program_list {
	const char *file;   /* as the user named it */
	const char *folder; /* absolute: where paths begin */
	const char *scope;  /* of its tests' names */
};

/* Adds what len bytes of text name.  0 or -EINVAL with a sentence. */
int program_list_parse(struct programs *all, const struct program_list *from,
		       const char *text, size_t len, struct err *err);

#endif
