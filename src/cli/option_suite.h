/* SPDX-License-Identifier: MIT */
/*
 * option_suite.h - the options that name suites of a kind.  For option.c's
 * table.
 */
#ifndef CLI_OPTION_SUITE_H
#define CLI_OPTION_SUITE_H

#include "cli/options.h"

/* Adds a suite; adapter NULL = as --adapter says. */
void option_add_suite(struct options *o, const char *path,
		      const char *adapter);

int option_set_programs(struct options *o, const char *value,
			struct err *err);
int option_set_from_ctest(struct options *o, const char *value,
			  struct err *err);
int option_set_from_meson(struct options *o, const char *value,
			  struct err *err);

/* Suites that options name are for commands that open suites. */
int option_check_suites(const struct options *o, struct err *err);

#endif
