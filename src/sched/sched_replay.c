/* SPDX-License-Identifier: MIT */
/*
 * sched_replay.c - each slot what it had, in its order (PLAN-8): the turn of a
 * test in the selection is its slot, and the selection stands by slots.  What
 * has constraints is pinned to its slot, and goes when they allow it; what is
 * marked .last comes at the end, on any slot.
 */
#include "sched/draft.h"

/* The next unit of a slot that is none of its others. */
static bool replay_next(struct draft *d, uint32_t slot, uint32_t *entry)
{
	while (d->next < d->u->n && d->u->items[d->next].turn == slot) {
		*entry = d->next++;
		if (!d->u->items[*entry].member)
			return true;
	}
	return false;
}

static bool replay_is_gated(const struct draft *d, const struct unit *unit)
{
	return draft_is_gated(d, unit) ||
	       (unit->phase == PHASE_EXCLUSIVE && d->rq->n_slots > 1);
}

/* .last is behind what other slots have, too; but where each slot has all tests,
 * behind its own, where it stands. */
static bool replay_is_late(const struct draft *d, const struct unit *unit)
{
	return unit->phase == PHASE_LAST && d->rq->n_slots > 1 &&
	       d->u->n_times < 2;
}

static void replay_lay(struct draft *d, uint32_t entry, uint32_t before)
{
	const struct unit *unit = &d->u->items[entry];

	if (replay_is_gated(d, unit))
		draft_gate(d, entry, before);
	else if (!replay_is_late(d, unit))
		draft_lay(d, &(struct piece){ .entry = entry,
					      .count = unit->n_tests });
}

/* sched_plan() lays what is late. */
static void replay_plan(struct draft *d)
{
	uint32_t slot, entry, lo;

	draft_begin(d, 0, 0);
	for (slot = 0; slot < d->rq->n_slots; slot++) {
		lo = d->plan->n_positions;
		d->pin = slot + 1;
		while (replay_next(d, slot, &entry))
			replay_lay(d, entry, lo);
		draft_add_deal(d, slot, lo, true);
	}
	d->n_order[PHASE_EXCLUSIVE] = 0;
	if (d->rq->n_slots == 1 || d->u->n_times > 1)
		d->n_order[PHASE_LAST] = 0;
}

const struct sched_ops sched_replay = {
	.name = "replay",
	.help = "each worker what it had",
	.plan = replay_plan,
	.order = ORDER_COLLECTION,
};
