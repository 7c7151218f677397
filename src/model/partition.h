/* SPDX-License-Identifier: MIT */
/*
 * partition.h - a selection cut into shards, and which of them this run is.
 *
 * Every selected instance is in one share, and each share in one shard, so
 * that whoever has one shard's recording knows what the others were to run.
 * Two runs that have one plan id were cut alike: the same tests of the same
 * builds, into as many shards, by the same times.  Pure; the owner frees it
 * with partition_fini().
 */
#ifndef MODEL_PARTITION_H
#define MODEL_PARTITION_H

#include "base/str.h"
#include "model/plan.h"

#define SHARDS_MAX 65535u

/* Consecutive instances of one test. */
struct share {
	uint32_t test_ix, index, count;
	uint32_t shard; /* from 1 */
};

/* A digest of all that decides where a test runs. */
struct plan_id {
	uint64_t hi, lo;
};

struct partition {
	uint32_t number, total; /* shard K of N, from 1; 0 = there is none */
	uint32_t n_times;	/* that each test is to run; at least 1 */
	struct plan_id id;
	struct share *shares; /* in the order of the selection */
	uint32_t n_shares, cap_shares;
};

void partition_fini(struct partition *p);

/* Appended to the share before where that goes on. */
void partition_add(struct partition *p, const struct share *share);

/* Adds what is the run's own to an empty plan. */
void partition_select(const struct partition *p, struct plan *plan);

/* Tests of one shard; of all of them with 0. */
uint64_t partition_count(const struct partition *p, uint32_t shard);

/* Appends 32 hexadecimal digits. */
void partition_print_id(struct str *out, const struct partition *p);

bool partition_is_same(const struct partition *a, const struct partition *b);

#endif
