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

/* Adds a program with its arguments, as a line of a list; --adapter=tap holds
 * for it. */
void option_add_command(struct options *o, const char *line);

int option_set_command(struct options *o, const char *value, struct err *err);
int option_set_test_name(struct options *o, const char *value,
			 struct err *err);
int option_set_log_file(struct options *o, const char *value, struct err *err);
int option_set_trs_file(struct options *o, const char *value, struct err *err);
int option_set_color_tests(struct options *o, const char *value,
			   struct err *err);
int option_set_expect_failure(struct options *o, const char *value,
			      struct err *err);
int option_set_enable_hard_errors(struct options *o, const char *value,
				  struct err *err);
int option_set_collect_skipped_logs(struct options *o, const char *value,
				    struct err *err);
int option_set_programs(struct options *o, const char *value,
			struct err *err);
int option_set_from_ctest(struct options *o, const char *value,
			  struct err *err);
int option_set_from_meson(struct options *o, const char *value,
			  struct err *err);

/* Suites that options name are for commands that open suites. */
int option_check_suites(const struct options *o, struct err *err);

#endif
