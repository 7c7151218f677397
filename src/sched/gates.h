/* SPDX-License-Identifier: MIT */
/*
 * gates.h - what a unit needs before it may start: locks, slots, other
 * groups (section 10); and so which phase it is in.
 *
 * A bound unit takes at once what any of its tests needs.  Part of
 * units_gather().
 */
#ifndef SCHED_GATES_H
#define SCHED_GATES_H

#include "sched/units.h"

/* Fills gates, locks, uses and groups of the units, and their phases.  Sizes
 * of locks that are not given are the most that a test asks for.  0, or
 * -EINVAL with a sentence. */
int gates_find(struct units *u, const struct lock *sizes, uint32_t n_sizes,
	       struct err *err);

#endif
