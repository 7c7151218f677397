/* SPDX-License-Identifier: MIT */
/*
 * lines.h - how long those that want the same thing take one after the other.
 *
 * Units with the same lock are one long line, whatever their own length is:
 * in the order of the longest first they stand where one unit of that length
 * would (GATE-1).  A counted lock is as many lines as it has units.  Who only
 * reads waits for nobody of his kind.
 *
 * Wide units stand in front of all, the widest first: when nothing runs yet
 * no slot has to be drained for them, and what they leave grows (WEIGHT-1).
 *
 * Pure.  The owner calls lines_fini().
 */
#ifndef SCHED_LINES_H
#define SCHED_LINES_H

#include "sched/units.h"

struct lines {
	double *lock_ns; /* of each lock of the units; NULL = nobody waits */
	uint32_t n_slots;
};

void lines_measure(struct lines *l, const struct units *u, uint32_t n_slots);
void lines_fini(struct lines *l);

/* Of the longest line that a unit stands in; 0 = in none. */
double lines_ns(const struct lines *l, const struct units *u,
		const struct unit *unit);

#endif
