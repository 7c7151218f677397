/* SPDX-License-Identifier: MIT */
/*
 * costs.h - how long each test is expected to take: an immutable value that
 * the history gives to the planner and to the reports.
 *
 * One row for each instance of a listed test; of a range of more than
 * COSTS_ROWS_MAX instances, one row for a block of consecutive ones, so that
 * what a range costs here does not depend on its count.  Times are
 * nanoseconds of CLOCK_MONOTONIC.  Pure; the owner frees it with
 * costs_fini().
 */
#ifndef MODEL_COSTS_H
#define MODEL_COSTS_H

#include "model/listing.h"
#include "model/outcome.h"

/* Rows of one listed test at most. */
#define COSTS_ROWS_MAX 4096u

struct cost {
	float est_ns;  /* of one instance */
	float dev_ns;  /* mean deviation; EST-3 sorts by the sum */
	bool known;    /* from the history; else est_ns is 0 until NEW-1 */
	bool todo;     /* failed or did not run last time (PLAN-7, STOP-3) */
	uint8_t last;  /* enum outcome of the last run, when known */
};

struct costs {
	const struct listing *listing;
	uint32_t *first; /* first row of each listed test; n_tests + 1 */
	struct cost *rows;
	uint32_t n_rows;
};

/* Rows for all tests of a listing, none of them known. */
void costs_init(struct costs *c, const struct listing *listing);
void costs_fini(struct costs *c);

/* Instances that share a row. */
static inline uint32_t costs_block(uint32_t count)
{
	return (count + COSTS_ROWS_MAX - 1) / COSTS_ROWS_MAX;
}

/* The row of an instance. */
static inline uint32_t costs_row(const struct costs *c, uint32_t test_ix,
				 uint32_t index)
{
	return c->first[test_ix] +
	       index / costs_block(c->listing->tests[test_ix].count);
}

#endif
