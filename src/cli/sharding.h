/* SPDX-License-Identifier: MIT */
/*
 * sharding.h - --shard: of a selection only what is one shard's (SHARD-1).
 *
 * Runner only.
 */
#ifndef CLI_SHARDING_H
#define CLI_SHARDING_H

#include "cli/options.h"

struct sharding {
	const struct options *o;
	const struct costs *costs; /* filled in (sched/estimate.h) */
	bool no_times; /* those that all shards were to read cannot be read */
};

/* Cuts the selection, if that is wanted, and leaves in it what is ours; told
 * gets a line.  0, or -errno with a sentence: -EINVAL when the tests'
 * attributes contradict each other, -ENODATA when there are no times. */
int sharding_apply(const struct sharding *s, struct plan *selected,
		   struct partition *p, struct str *told, struct err *err);

#endif
