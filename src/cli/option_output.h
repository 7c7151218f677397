/* SPDX-License-Identifier: MIT */
/*
 * option_output.h - the options that say what becomes of the output of tests,
 * and what reports have.  For option.c's table.
 */
#ifndef CLI_OPTION_OUTPUT_H
#define CLI_OPTION_OUTPUT_H

#include "cli/options.h"

int option_set_no_capture(struct options *o, const char *value,
			  struct err *err);
int option_set_junit_passed(struct options *o, const char *value,
			    struct err *err);

#endif
