/* SPDX-License-Identifier: MIT */
/*
 * option_again.h - the options by which a test runs more than once.  For
 * option.c's table.
 */
#ifndef CLI_OPTION_AGAIN_H
#define CLI_OPTION_AGAIN_H

#include "cli/options.h"

int option_set_crash_retries(struct options *o, const char *value,
			     struct err *err);
int option_set_retries(struct options *o, const char *value, struct err *err);
int option_set_retry_delay(struct options *o, const char *value,
			   struct err *err);
int option_set_flaky(struct options *o, const char *value, struct err *err);
int option_set_recheck(struct options *o, const char *value, struct err *err);
int option_set_replay(struct options *o, const char *value, struct err *err);
int option_set_bisect(struct options *o, const char *value, struct err *err);
int option_set_repeat(struct options *o, const char *value, struct err *err);
int option_set_stress(struct options *o, const char *value, struct err *err);
int option_set_stress_duration(struct options *o, const char *value,
			       struct err *err);
int option_set_watch(struct options *o, const char *value, struct err *err);

#endif
