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

/* Where an estimate comes from (NEW-1). */
enum cost_source {
	COST_NONE,	/* nobody knows: 0 */
	COST_HISTORY,
	COST_ATTRIBUTE, /* .cost */
	COST_FAMILY,	/* p99 of the known instances of the same test */
	COST_SUITE,	/* p99 of the known tests of the suite */
	COST_ALL,	/* p99 of all known tests */
	N_COST_SOURCES
};

struct cost {
	float est_ns;  /* of one instance */
	float dev_ns;  /* mean deviation; EST-3 sorts by the sum */
	bool known;    /* from the history; else est_ns is 0 until NEW-1 */
	bool todo;     /* failed or did not run last time (PLAN-7, STOP-3) */
	uint8_t last;  /* enum outcome of the last run, when known */
	uint8_t source; /* enum cost_source, once the planner filled them in */
	uint32_t peak_kib; /* largest resident memory; 0 = not known */
};

/* What setting up and tearing down the fixtures of a scope takes (FIX-7). */
struct cost_setup {
	uint32_t suite_ix;
	const char *scope; /* terminated; the history's */
	uint64_t setup_ns;
};

struct costs {
	const struct listing *listing;
	uint32_t *first; /* first row of each listed test; n_tests + 1 */
	struct cost *rows;
	uint32_t n_rows;
	struct cost_setup *setups; /* by suite, then scope (strcmp(3)) */
	uint32_t n_setups, cap_setups;
};

/* Rows for all tests of a listing, none of them known. */
void costs_init(struct costs *c, const struct listing *listing);
void costs_fini(struct costs *c);

/* Is the time of any test or fixture known from the history? */
bool costs_are_known(const struct costs *c);

/* Until all are added they are in no order. */
void costs_add_setup(struct costs *c, const struct cost_setup *setup);
void costs_sort_setups(struct costs *c);
/* Of the scope that a listed test is in; 0 = unknown or none. */
uint64_t costs_setup_ns(const struct costs *c, uint32_t test_ix);

/* Instances that share a row. */
static inline uint32_t costs_block(uint32_t count)
{
	return (count + COSTS_ROWS_MAX - 1) / COSTS_ROWS_MAX;
}

/* The row of an instance. */
static inline uint32_t costs_row(const struct costs *c, uint32_t test_ix,
				 uint32_t index)
{
	uint32_t row = c->first[test_ix];

	/* Most have one; the listing need not be looked at. */
	if (c->first[test_ix + 1] - row == 1)
		return row;
	return row + index / costs_block(c->listing->tests[test_ix].count);
}

#endif
