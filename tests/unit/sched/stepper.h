/* SPDX-License-Identifier: MIT */
/*
 * stepper.h - a plan run on a virtual clock, by the rules of claiming: the
 * rest of a bound unit, the own deque, a part (with the fixture rule where
 * there are several), the longest deque of another slot.  No claim costs
 * anything; at equal times the lower slot claims first.
 */
#ifndef TESTS_UNIT_SCHED_STEPPER_H
#define TESTS_UNIT_SCHED_STEPPER_H

#include "scene.h"

#define STEPPER_SLOTS 64

struct stepper {
	const struct plan *plan;
	const double *ns;	/* how long each position takes */
	double *sums;		/* of estimates, n_positions + 1 */
	uint32_t n_slots;
	double now;
	uint32_t n_setups;
	uint32_t hung;		/* a slot that never ends its test; UINT32_MAX */
	struct stepper_slot {
		struct bound deque, held; /* lo .. hi - 1 */
		uint32_t part;	/* its fixture is held; UINT32_MAX = none */
		bool on;	/* counts on that part */
		double busy_until; /* < 0: idle */
		struct str ran; /* "0 2 4" */
	} slots[STEPPER_SLOTS];
	struct stepper_part {
		uint32_t next, k;
		bool started;
	} *parts;
	double *started;	/* of each position; < 0 = not */
	uint32_t *on_slot;
};

/* est_ns: per position, what the slots believe; NULL = what is so. */
void stepper_init(struct stepper *st, const struct plan *plan,
		  const double *ns, const double *est_ns, uint32_t n_slots);
/* Until all slots are idle; the makespan. */
double stepper_run(struct stepper *st);
void stepper_fini(struct stepper *st);

#endif
