/* SPDX-License-Identifier: MIT */
/*
 * option_output.h - the options that say what is told of a run, how and where:
 * the output of tests, reports, the recording.  For option.c's table.
 */
#ifndef CLI_OPTION_OUTPUT_H
#define CLI_OPTION_OUTPUT_H

#include "cli/options.h"

int option_set_no_capture(struct options *o, const char *value,
			  struct err *err);
int option_set_junit_passed(struct options *o, const char *value,
			    struct err *err);
int option_set_report(struct options *o, const char *value, struct err *err);
int option_set_tap(struct options *o, const char *value, struct err *err);
int option_set_junit(struct options *o, const char *value, struct err *err);
int option_set_json(struct options *o, const char *value, struct err *err);
int option_set_github(struct options *o, const char *value, struct err *err);
int option_set_trace(struct options *o, const char *value, struct err *err);
int option_set_html(struct options *o, const char *value, struct err *err);
int option_set_record(struct options *o, const char *value, struct err *err);
int option_set_color(struct options *o, const char *value, struct err *err);
int option_set_hyperlink(struct options *o, const char *value, struct err *err);
int option_set_verbose(struct options *o, const char *value, struct err *err);
int option_set_quiet(struct options *o, const char *value, struct err *err);
int option_set_durations(struct options *o, const char *value, struct err *err);

#endif
