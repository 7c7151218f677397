/* SPDX-License-Identifier: MIT */
/*
 * memory.h - how many of the selected tests can run at once, by the memory
 * that they had in earlier runs (JOBS-4).
 *
 * The worst that can meet are the largest ones.  Tests of which nothing is
 * known count nothing.  Pure.
 */
#ifndef SCHED_MEMORY_H
#define SCHED_MEMORY_H

#include "model/costs.h"
#include "model/plan.h"

struct memory_fit {
	uint32_t n;	    /* slots; at least 1 */
	uint64_t sum_bytes; /* peaks of so many tests, the largest ones */
};

/* n_slots of them if their sum is at most `bytes`, else fewer. */
struct memory_fit memory_fit(const struct costs *costs,
			     const struct plan *selected, uint32_t n_slots,
			     uint64_t bytes);

#endif
