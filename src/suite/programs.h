/* SPDX-License-Identifier: MIT */
/*
 * programs.h - a suite whose tests are programs, while an adapter makes it:
 * the programs, their names and attributes, and all texts of these.
 *
 * Loader only.  The state of an adapter_suite; programs_close() frees it.
 */
#ifndef SUITE_PROGRAMS_H
#define SUITE_PROGRAMS_H

#include "suite/adapter.h"
#include "suite/program.h"

struct programs_test {
	struct program *program;
	const char *scope; /* texts here and in attrs: programs_keep() */
	const char *name;
	const char *file; /* where it is declared */
	uint32_t line;
	struct shmrun_attrs attrs;
};

struct programs {
	struct programs_test *items;
	uint32_t n, cap;
	char **texts;
	size_t n_texts, cap_texts;
};

/* Makes the suite's state. */
struct programs *programs_open(struct adapter_suite *s);
void programs_close(struct adapter_suite *s);

/* A copy that lives as long as the suite. */
const char *programs_keep(struct programs *all, const char *text);
const char *programs_keepf(struct programs *all, const char *fmt, ...)
	printf_like(2, 3);
/* What text is as a part of a test's name. */
const char *programs_word(struct programs *all, const char *text);

/* A new test, whose program is empty. */
struct programs_test *programs_add(struct programs *all);

/* Adds all of them to the suite; names that were given twice get numbers. */
int programs_list(struct adapter_suite *s, struct err *err);

#endif
