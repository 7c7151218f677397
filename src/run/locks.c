/* SPDX-License-Identifier: MIT */
#include "run/locks.h"

#include "base/compiler.h"
#include "base/mem.h"

#include <stdlib.h>

#define RESERVED_BY_NOBODY UINT32_MAX

struct lock_state {
	uint32_t units;	    /* how many there are */
	uint32_t n_free;    /* of them */
	uint32_t n_sharing; /* holders that share it */
	uint32_t reserved;  /* by this unit, or RESERVED_BY_NOBODY */
	uint8_t *held;	    /* units of them */
};

void locks_open(struct locks *l, const struct plan *plan)
{
	uint64_t n_units = 0;
	uint32_t i;

	for (i = 0; i < plan->n_locks; i++)
		n_units += plan->locks[i].units;
	*l = (struct locks){ .n = plan->n_locks };
	l->items = mem_array(max_of(l->n, 1u), sizeof(*l->items));
	l->held = mem_array(max_of(n_units, UINT64_C(1)), 1);
	for (i = 0, n_units = 0; i < l->n; i++) {
		l->items[i] = (struct lock_state){
			.units = plan->locks[i].units,
			.n_free = plan->locks[i].units,
			.reserved = RESERVED_BY_NOBODY,
			.held = l->held + n_units,
		};
		n_units += plan->locks[i].units;
	}
}

void locks_close(struct locks *l)
{
	free(l->items);
	free(l->held);
	*l = (struct locks){ 0 };
}

/* How many units it is about: nobody can want more than there are. */
static uint32_t locks_wanted(const struct lock_state *s,
			     const struct lock_use *use)
{
	return min_of(use->units, s->units);
}

static bool locks_can_take(const struct lock_state *s,
			   const struct lock_use *use, uint32_t unit)
{
	if (s->reserved < unit)
		return false;
	if (use->shared)
		return s->n_free == s->units;
	return s->n_sharing == 0 && s->n_free >= locks_wanted(s, use);
}

/* The lowest that are free. */
static void locks_take_units(struct lock_state *s, uint32_t wanted,
			     uint32_t *numbers)
{
	uint32_t n = 0, i;

	for (i = 0; n < wanted; i++) {
		if (s->held[i])
			continue;
		s->held[i] = 1;
		numbers[n++] = i;
	}
	s->n_free -= wanted;
}

static void locks_take(struct lock_state *s, const struct lock_use *use,
		       uint32_t unit, uint32_t *numbers)
{
	uint32_t i;

	for (i = 0; i < use->units; i++)
		numbers[i] = 0;
	if (s->reserved == unit)
		s->reserved = RESERVED_BY_NOBODY;
	if (use->shared)
		s->n_sharing++;
	else
		locks_take_units(s, locks_wanted(s, use), numbers);
}

uint32_t locks_try_take(struct locks *l, const struct lock_use *uses,
			uint32_t n_uses, uint32_t unit, uint32_t *numbers)
{
	uint32_t i;

	for (i = 0; i < n_uses; i++)
		if (!locks_can_take(&l->items[uses[i].lock], &uses[i], unit))
			return uses[i].lock;
	for (i = 0; i < n_uses; i++) {
		locks_take(&l->items[uses[i].lock], &uses[i], unit, numbers);
		numbers += uses[i].units;
	}
	return LOCKS_TAKEN;
}

void locks_give_back(struct locks *l, const struct lock_use *uses,
		     uint32_t n_uses, const uint32_t *numbers)
{
	uint32_t i, k;

	for (i = 0; i < n_uses; i++) {
		struct lock_state *s = &l->items[uses[i].lock];

		for (k = 0; !uses[i].shared && k < locks_wanted(s, &uses[i]);
		     k++) {
			s->held[numbers[k]] = 0;
			s->n_free++;
		}
		s->n_sharing -= uses[i].shared;
		numbers += uses[i].units;
	}
}

void locks_reserve(struct locks *l, const struct lock_use *uses,
		   uint32_t n_uses, uint32_t unit)
{
	uint32_t i;

	for (i = 0; i < n_uses; i++) {
		struct lock_state *s = &l->items[uses[i].lock];

		s->reserved = min_of(s->reserved, unit);
	}
}

bool locks_are_free(const struct locks *l)
{
	uint32_t i;

	for (i = 0; i < l->n; i++)
		if (l->items[i].n_free != l->items[i].units ||
		    l->items[i].n_sharing ||
		    l->items[i].reserved != RESERVED_BY_NOBODY)
			return false;
	return true;
}
