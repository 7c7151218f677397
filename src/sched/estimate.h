/* SPDX-License-Identifier: MIT */
/*
 * estimate.h - what never-seen tests are expected to take (NEW-1, NEW-2).
 *
 * A pure function over costs: rows that the history knows stay as they are,
 * all others get an estimate and every row its source.  So unknown tests start
 * behind the known giants and in front of everything else.
 */
#ifndef SCHED_ESTIMATE_H
#define SCHED_ESTIMATE_H

#include "model/costs.h"

/* So many known tests of a suite say what its others take. */
#define ESTIMATE_SUITE_MIN 20u

void estimate_fill(struct costs *costs);

/* "history", "p99 of the suite", ... */
const char *estimate_source_name(enum cost_source source);

/* The smallest of n values that is not below 99 % of them (nearest rank);
 * changes their order.  n must not be 0. */
float estimate_p99(float *values, uint32_t n);

#endif
