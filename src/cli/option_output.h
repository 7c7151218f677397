/* SPDX-License-Identifier: MIT */
/*
 * option_output.h - the options that say what becomes of the output of tests.
 * For option.c's table.
 */
#ifndef CLI_OPTION_OUTPUT_H
#define CLI_OPTION_OUTPUT_H

#include "cli/options.h"

int option_set_no_capture(struct options *o, const char *value,
			  struct err *err);

#endif
