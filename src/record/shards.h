/* SPDX-License-Identifier: MIT */
/*
 * shards.h - do recordings of shards belong together (SHARD-3, LIFE-2)?
 *
 * Pure; runner only.
 */
#ifndef RECORD_SHARDS_H
#define RECORD_SHARDS_H

#include "base/err.h"
#include "model/event.h"

struct shards_run {
	const struct event_run *run;
	const char *path; /* only for what is said of it */
};

/* All of them are of one plan, or none is a shard's: 0.  Else -EINVAL and a
 * sentence, with the first test that two of them do not run alike. */
int shards_check(const struct shards_run *runs, uint32_t n, struct err *err);

#endif
