/* SPDX-License-Identifier: MIT */
/*
 * sums.h - estimated work up to each position of a plan, so that what is left
 * of a part is a subtraction (R of the fixture rule).
 *
 * Pure.  The owner frees it.
 */
#ifndef MODEL_SUMS_H
#define MODEL_SUMS_H

#include "model/costs.h"
#include "model/plan.h"

/* n_positions + 1 sums in nanoseconds; each test counts at least one.  costs
 * may be NULL: each counts the same. */
uint64_t *sums_make(const struct plan *plan, const struct costs *costs);

#endif
