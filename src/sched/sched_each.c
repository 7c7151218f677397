/* SPDX-License-Identifier: MIT */
/*
 * sched_each.c - every test on each slot (EACH-1): a copy of the body for
 * each, which no other slot may touch.  What has constraints is pinned to its
 * slot; what is marked .last stands at the end of each copy.
 */
#include "sched/draft.h"

static void each_plan(struct draft *d)
{
	uint32_t slot, lo, i;
	struct piece piece;

	for (slot = 0; slot < d->rq->n_slots; slot++) {
		lo = d->plan->n_positions;
		d->slot = slot;
		draft_begin(d, lo, slot + 1);
		while (draft_next(d, &piece))
			draft_lay(d, &piece);
		draft_lay_phase(d, PHASE_LAST);
		draft_add_deal(d, slot, lo, true);
		for (i = 0; i < d->n_order[PHASE_EXCLUSIVE]; i++)
			draft_gate(d, d->order[PHASE_EXCLUSIVE][i], lo);
	}
}

const struct sched_ops sched_each = {
	.name = "each",
	.help = "every test on each worker",
	.plan = each_plan,
	.order = ORDER_COLLECTION,
	.every_slot = true,
};
