/* SPDX-License-Identifier: MIT */
/*
 * order.h - in which order units stand in the plan (PLAN-4 to PLAN-7).
 *
 * Pure and deterministic: ties stand in the order of the listing (SHM-11),
 * and a seed means the same everywhere.
 */
#ifndef SCHED_ORDER_H
#define SCHED_ORDER_H

#include "sched/lines.h"
#include "sched/units.h"

enum order {
	ORDER_DEFAULT,	    /* the mode's */
	ORDER_COLLECTION,   /* as listed */
	ORDER_HISTORY,	    /* the longest first; of bound units without any
			     * estimate the one of most tests (SCOPE-2) */
	ORDER_RANDOM,	    /* by seed */
	ORDER_FAILED_FIRST, /* then the mode's default */
	N_ORDERS
};

extern const char *const order_names[]; /* in that order; NULL at the end */

struct ordering {
	enum order order; /* not ORDER_DEFAULT */
	enum order rest;  /* of FAILED_FIRST: inside each part */
	uint64_t seed;
};

/* Puts numbers of entries in order, which stand in listing order before.
 * .priority goes before everything but the seed; by history a unit is as long
 * as the line that it stands in. */
void order_sort(const struct units *u, const struct ordering *o,
		const struct lines *lines, uint32_t *entries, uint32_t n);

#endif
