/* SPDX-License-Identifier: MIT */
#include "sched/volleys.h"

#include "base/vec.h"
#include "sched/locks.h"

static void volleys_lay_once(struct plan *plan, const struct plan *selected)
{
	struct stretch at = { 0 };

	while (plan_walk(selected, &at))
		plan_add(plan, at.first.test_ix, at.first.index, at.count);
}

static void volleys_lay_slot(struct plan *plan, const struct plan *selected,
			     uint32_t slot, uint32_t volleys)
{
	uint32_t lo = plan->n_positions, i;

	for (i = 0; i < volleys; i++) {
		plan_begin_turn(plan, i * plan->copies + slot);
		volleys_lay_once(plan, selected);
	}
	vec_room(plan->deals, plan->n_deals, plan->cap_deals);
	plan->deals[plan->n_deals++] = (struct deal){
		.slot = slot,
		.lo = lo,
		.hi = plan->n_positions,
		.bound = true,
	};
}

void volleys_lay(struct plan *plan, const struct plan *selected,
		 uint32_t copies, uint32_t volleys)
{
	uint32_t slot;

	plan->overflow = selected->overflow ||
			 (uint64_t)volleys * copies > PLAN_POSITIONS_MAX ||
			 selected->n_positions >
				 PLAN_POSITIONS_MAX / (volleys * copies);
	if (plan->overflow)
		return;
	plan->copies = copies;
	plan->n_units = copies;
	plan->n_times = volleys * copies;
	plan->turn_kind = TURNS_ARE_ITERATIONS;
	for (slot = 0; slot < copies; slot++)
		volleys_lay_slot(plan, selected, slot, volleys);
}

const char *volleys_forbid(const struct attrs *attrs)
{
	const char *list = attrs->lock;
	struct lock_ask ask;

	if (attrs->exclusive)
		return "it is .exclusive";
	if (*attrs->serial)
		return "it belongs to a .serial chain";
	if (*attrs->after)
		return "it comes .after others";
	while (*list && locks_next(&list, &ask))
		if (!ask.shared)
			return "it holds a lock that it does not share";
	return NULL;
}
