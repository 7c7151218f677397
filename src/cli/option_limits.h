/* SPDX-License-Identifier: MIT */
/*
 * option_limits.h - the options that say when a test, or the run, has had
 * enough.  For option.c's table.
 */
#ifndef CLI_OPTION_LIMITS_H
#define CLI_OPTION_LIMITS_H

#include "cli/options.h"

int option_set_timeout(struct options *o, const char *value, struct err *err);
int option_set_cpu_timeout(struct options *o, const char *value,
			   struct err *err);
int option_set_slow(struct options *o, const char *value, struct err *err);
int option_set_grace(struct options *o, const char *value, struct err *err);
int option_set_load_timeout(struct options *o, const char *value,
			    struct err *err);
int option_set_deadline(struct options *o, const char *value, struct err *err);
int option_set_fail_fast(struct options *o, const char *value, struct err *err);
int option_set_max_fail(struct options *o, const char *value, struct err *err);
int option_set_max_crashes(struct options *o, const char *value,
			   struct err *err);
int option_set_max_worker_restart(struct options *o, const char *value,
				  struct err *err);

#endif
