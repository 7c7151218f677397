/* SPDX-License-Identifier: MIT */
/*
 * locks.h - which locks are held, in the runner's own memory: plain ones,
 * shared ones and those of which there are several (LOCK-1 to LOCK-5).
 *
 * A unit gets all of its locks or none, so nobody waits while holding
 * something.  Units are known by their number in the plan: a reservation is
 * an earlier unit's right to be the next.  A use that is shared excludes
 * only those that are not; of a counted lock the others take as many units as
 * they want, at most all there are, and are told which.
 *
 * Pure: no I/O, no clock.  Runner only.
 */
#ifndef RUN_LOCKS_H
#define RUN_LOCKS_H

#include "model/plan.h"

#define LOCKS_TAKEN UINT32_MAX

struct locks {
	struct lock_state *items;
	uint32_t n;
	uint8_t *held; /* of all units of all locks: is it taken? */
};

/* plan: its locks, all of them free. */
void locks_open(struct locks *l, const struct plan *plan);
void locks_close(struct locks *l);

/* Takes all uses for a unit: LOCKS_TAKEN; or nothing: the number of a lock
 * that stands in the way.  A reservation of that unit is used up by it.
 * numbers: one for each unit that a use wants, the uses one after the other
 * (LOCK-5); 0 where it does not matter. */
uint32_t locks_try_take(struct locks *l, const struct lock_use *uses,
			uint32_t n_uses, uint32_t unit, uint32_t *numbers);

/* With what locks_try_take() wrote. */
void locks_give_back(struct locks *l, const struct lock_use *uses,
		     uint32_t n_uses, const uint32_t *numbers);

/* No later unit takes these locks before this one (LOCK-2).  Of two the
 * earlier one stays. */
void locks_reserve(struct locks *l, const struct lock_use *uses,
		   uint32_t n_uses, uint32_t unit);

/* Nothing is held and nothing reserved. */
bool locks_are_free(const struct locks *l);

#endif
