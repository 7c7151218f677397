/* SPDX-License-Identifier: MIT */
/*
 * sched.h - how a plan's positions are dealt to the workers.  Pure: a plan
 * in, chunks added to it.
 *
 * The chunks lie in the shared ring in plan order.  Each is 1 / (2 * slots)
 * of what remains (guided self-scheduling, Polychronopoulos and Kuck, IEEE
 * ToC 1987): large at first, so that the ring is rarely touched, single
 * tests at the end, so that all workers end together.  What a worker took it
 * keeps in its deque, where idle ones steal half.
 */
#ifndef SCHED_SCHED_H
#define SCHED_SCHED_H

#include "model/plan.h"

void sched_deal(struct plan *plan, uint32_t n_slots);

#endif
