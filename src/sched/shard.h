/* SPDX-License-Identifier: MIT */
/*
 * shard.h - which shard of --shard K/N each selected test runs in (SHARD-1,
 * SHARD-2).
 *
 * All shards must come to the same answer without a word between them, so it
 * is made of what every one of them has: the tests' names, and the times of a
 * file that all were given.  Integers only, and nothing depends on the order
 * in which suites are named.  Units that are bound stay whole, and a test
 * stays with those that it is .after.  Pure.
 */
#ifndef SCHED_SHARD_H
#define SCHED_SHARD_H

#include "model/partition.h"
#include "sched/units.h"

enum shard_by {
	SHARD_BY_HASH,	   /* of the test's key, whatever else is selected */
	SHARD_BY_COUNT,	   /* as many tests in each as can be */
	SHARD_BY_DURATION, /* as long each as can be: the longest first */
	N_SHARD_BY
};

extern const char *const shard_by_names[]; /* NULL at the end */

struct shard_request {
	/* Of the whole selection, each test once, ranges in blocks; their
	 * costs count only by duration. */
	const struct units *units;
	const char *suite_id; /* instead of each suite's name; NULL = none */
	enum shard_by by;
};

/* Fills in the shares and the id; number, total and n_times are there. */
void shard_cut(const struct shard_request *rq, struct partition *p);

#endif
