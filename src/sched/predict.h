/* SPDX-License-Identifier: MIT */
/*
 * predict.h - when a plan would end if all estimates were right: each slot
 * takes the next unit when it is free.  Locks, weights and set-ups of fixtures
 * are not counted, so it is the least to expect.  Pure.
 */
#ifndef SCHED_PREDICT_H
#define SCHED_PREDICT_H

#include "model/costs.h"
#include "model/plan.h"

/* In nanoseconds. */
double predict_end(const struct plan *plan, const struct costs *costs,
		   uint32_t n_slots);

#endif
