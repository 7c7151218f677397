/* SPDX-License-Identifier: MIT */
/*
 * option_plan.h - the options that say how a plan is made.  For option.c's
 * table.
 */
#ifndef CLI_OPTION_PLAN_H
#define CLI_OPTION_PLAN_H

#include "cli/options.h"

int option_set_dist(struct options *o, const char *value, struct err *err);
int option_set_order(struct options *o, const char *value, struct err *err);
int option_set_memory_pressure(struct options *o, const char *value,
			       struct err *err);
int option_set_canary(struct options *o, const char *value, struct err *err);
int option_set_lock_size(struct options *o, const char *value,
			 struct err *err);
int option_set_shard(struct options *o, const char *value, struct err *err);
int option_set_shard_by(struct options *o, const char *value,
			struct err *err);
int option_set_last_failed(struct options *o, const char *value,
			   struct err *err);
int option_set_loadscope_reorder(struct options *o, const char *value,
				 struct err *err);
int option_set_no_loadscope_reorder(struct options *o, const char *value,
				    struct err *err);
int option_set_dry_run(struct options *o, const char *value, struct err *err);
int option_set_explain(struct options *o, const char *value, struct err *err);

#endif
