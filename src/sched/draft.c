/* SPDX-License-Identifier: MIT */
#include "sched/draft.h"

#include "base/vec.h"

/* ---- the walk -------------------------------------------------------- */

void draft_begin(struct draft *d, uint32_t position, uint32_t pin)
{
	d->next = 0;
	d->position = position;
	d->pin = pin;
}

void draft_gate(struct draft *d, uint32_t entry, uint32_t before)
{
	vec_room(d->gates, d->n_gates, d->cap_gates);
	d->gates[d->n_gates++] = (struct draft_gate){ entry, before, d->pin };
}

bool draft_is_gated(const struct draft *d, const struct unit *unit)
{
	const struct gate_rule *rule;

	if (!unit->gate)
		return false;
	rule = &d->u->gates[unit->gate - 1];
	return d->rq->n_slots > 1 || rule->after != PLAN_NONE || rule->last;
}

static struct piece draft_piece(const struct draft *d, uint32_t entry)
{
	uint32_t n = d->u->items[entry].n_tests;
	bool canary = d->is_canary && d->is_canary[entry];

	return (struct piece){ .entry = entry,
			       .offset = canary,
			       .count = n - canary };
}

bool draft_next(struct draft *d, struct piece *piece)
{
	while (d->next < d->n_order[PHASE_BODY]) {
		uint32_t entry = d->order[PHASE_BODY][d->next++];

		if (draft_is_gated(d, &d->u->items[entry])) {
			draft_gate(d, entry, d->position);
			continue;
		}
		*piece = draft_piece(d, entry);
		if (piece->count == 0)
			continue;
		d->position += piece->count;
		return true;
	}
	return false;
}

/* ---- laying ---------------------------------------------------------- */

static void draft_lay_bound(struct draft *d, const struct unit *unit)
{
	struct plan *p = d->plan;
	uint32_t lo = p->n_positions;

	for (;;) {
		plan_add(p, unit->test_ix, unit->index, unit->count);
		if (!unit->next)
			break;
		unit = &d->u->items[unit->next];
	}
	if (p->n_positions - lo < 2)
		return;
	vec_room(p->bounds, p->n_bounds, p->cap_bounds);
	p->bounds[p->n_bounds++] = (struct bound){ lo, p->n_positions };
}

void draft_lay(struct draft *d, const struct piece *piece)
{
	const struct unit *unit = &d->u->items[piece->entry];

	plan_begin_turn(d->plan,
			d->rq->ops->every_slot ? d->slot : unit->turn);
	if (unit->bound)
		draft_lay_bound(d, unit);
	else
		plan_add(d->plan, unit->test_ix, unit->index + piece->offset,
			 piece->count);
}

void draft_lay_phase(struct draft *d, enum unit_phase phase)
{
	uint32_t i;

	for (i = 0; i < d->n_order[phase]; i++) {
		struct piece piece = draft_piece(d, d->order[phase][i]);

		draft_lay(d, &piece);
	}
}

void draft_lay_canary(struct draft *d, uint32_t slot)
{
	if (slot < d->n_canaries)
		draft_lay(d, &(struct piece){ .entry = d->canaries[slot],
					      .count = 1 });
}

void draft_add_part(struct draft *d, uint32_t lo, uint64_t setup_ns)
{
	if (lo < d->plan->n_positions)
		plan_add_part(d->plan, lo, d->plan->n_positions, setup_ns);
}

void draft_add_deal(struct draft *d, uint32_t slot, uint32_t lo, bool bound)
{
	struct plan *p = d->plan;

	if (lo == p->n_positions)
		return;
	vec_room(p->deals, p->n_deals, p->cap_deals);
	p->deals[p->n_deals++] = (struct deal){ .slot = slot,
						.lo = lo,
						.hi = p->n_positions,
						.bound = bound };
}

void draft_lay_canaries(struct draft *d)
{
	uint32_t slot;

	for (slot = 0; slot < d->n_canaries; slot++) {
		uint32_t lo = d->plan->n_positions;

		draft_lay_canary(d, slot);
		draft_add_deal(d, slot, lo, false);
	}
}
