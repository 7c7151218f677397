/* SPDX-License-Identifier: MIT */
#include "sched/sched.h"

#include "base/mem.h"
#include "base/vec.h"
#include "sched/canary.h"
#include "sched/draft.h"

#include <stdlib.h>
#include <string.h>

const struct sched_ops *const sched_table[] = {
	&sched_load,	  &sched_longest,   &sched_worksteal,
	&sched_loadscope, &sched_loadfile,  &sched_loadgroup,
	&sched_each,	  &sched_no,	    NULL,
};

const struct sched_ops *sched_find(const char *name)
{
	size_t i;

	for (i = 0; sched_table[i]; i++)
		if (strcmp(sched_table[i]->name, name) == 0)
			return sched_table[i];
	return NULL;
}

/* ---- order and canaries ---------------------------------------------- */

/* The gated ones stand among the body. */
static enum unit_phase sched_list(const struct unit *unit)
{
	return unit->phase == PHASE_GATED ? PHASE_BODY
					  : (enum unit_phase)unit->phase;
}

static void sched_order(struct draft *d)
{
	struct lines lines;
	uint32_t i;
	int phase;

	lines_measure(&lines, d->u, d->rq->n_slots);
	for (phase = 0; phase < N_PHASES; phase++)
		d->order[phase] = mem_array(d->u->n, sizeof(uint32_t));
	for (i = 0; i < d->u->n; i++) {
		const struct unit *unit = &d->u->items[i];

		if (unit->member)
			continue;
		phase = (int)sched_list(unit);
		d->order[phase][d->n_order[phase]++] = i;
	}
	for (phase = 0; phase < N_PHASES; phase++)
		order_sort(d->u, &d->rq->ordering, &lines, d->order[phase],
			   d->n_order[phase]);
	lines_fini(&lines);
}

static void sched_choose_canaries(struct draft *d)
{
	uint32_t n = min_of(d->rq->n_canaries, d->rq->n_slots), i;

	n = min_of(n, d->u->n_tests);
	if (n < CANARIES_MIN || d->rq->ops->every_slot)
		return;
	d->canaries = mem_array(n, sizeof(*d->canaries));
	d->n_canaries = canary_choose(d->u, d->canaries, n);
	if (d->n_canaries)
		d->is_canary = mem_array(d->u->n, sizeof(*d->is_canary));
	for (i = 0; i < d->n_canaries; i++)
		d->is_canary[d->canaries[i]] = true;
}

/* ---- what is alike in all modes -------------------------------------- */

/* An exclusive one among them takes all slots. */
static struct gated sched_gated(const struct draft *d,
				const struct draft_gate *g, uint32_t body_end)
{
	uint32_t gate = d->u->items[g->entry].gate;
	static const struct gate_rule alone = { .weight = UINT32_MAX,
						.after = PLAN_NONE,
						.last = true };
	const struct gate_rule *rule = gate ? &d->u->gates[gate - 1] : &alone;
	uint32_t weight = min_of(rule->weight, d->rq->n_slots);

	return (struct gated){
		.before = rule->last ? body_end : g->before,
		.pin = g->pin,
		.first_use = rule->first_use,
		.n_uses = rule->n_uses,
		.weight = weight,
		.after = rule->after,
		.last = rule->last,
	};
}

/* Where it is known what takes how long, and there is one cursor to tell how
 * far the body has come.  Else they go as soon as they can: what is not known
 * of a long line must not come last. */
static bool sched_is_in_turn(const struct draft *d)
{
	const struct plan *p = d->plan;

	return d->rq->ordering.order == ORDER_HISTORY && d->u->ranked &&
	       p->n_parts == 1 && !plan_has_setups(p) &&
	       p->n_deals == d->n_canaries;
}

static void sched_lay_gates(struct draft *d)
{
	struct plan *p = d->plan;
	uint32_t end = p->n_positions, i;

	for (i = 0; i < d->n_gates; i++) {
		struct gated gated = sched_gated(d, &d->gates[i], end);
		uint32_t entry = d->gates[i].entry;

		d->slot = gated.pin ? gated.pin - 1 : 0;
		gated.lo = p->n_positions;
		draft_lay(d, &(struct piece){
				     .entry = entry,
				     .count = d->u->items[entry].n_tests });
		gated.hi = p->n_positions;
		vec_room(p->gated, p->n_gated, p->cap_gated);
		p->gated[p->n_gated++] = gated;
	}
}

static void sched_lay_late(struct draft *d, enum unit_phase phase, bool alone)
{
	struct plan *p = d->plan;
	uint32_t lo = p->n_positions;

	draft_lay_phase(d, phase);
	if (p->n_positions > lo)
		p->late[p->n_late++] = (struct late){ lo, p->n_positions,
						      alone };
}

static void sched_copy_tables(struct plan *p, const struct sched_request *rq)
{
	const struct units *u = rq->units;
	uint32_t copies = rq->ops->every_slot ? rq->n_slots : 1, i;

	p->uses = mem_array(u->n_uses, sizeof(*p->uses));
	p->locks = mem_array(u->n_locks, sizeof(*p->locks));
	p->groups = mem_array(u->n_groups, sizeof(*p->groups));
	for (i = 0; i < u->n_uses; i++)
		p->uses[i] = u->uses[i];
	for (i = 0; i < u->n_locks; i++)
		p->locks[i] = u->locks[i];
	for (i = 0; i < u->n_groups; i++) {
		p->groups[i] = u->groups[i];
		p->groups[i].n_members *= copies;
	}
	p->n_uses = p->cap_uses = u->n_uses;
	p->n_locks = p->cap_locks = u->n_locks;
	p->n_groups = p->cap_groups = u->n_groups;
	p->n_units = rq->ops->every_slot ? rq->n_slots : units_useful(u);
	p->chains = u->chains;
	p->n_times = u->n_times;
	if (rq->ops->every_slot) {
		p->n_times = rq->n_slots;
		p->turn_kind = TURNS_ARE_SLOTS;
	}
}

void sched_plan(struct plan *plan, const struct sched_request *rq)
{
	struct draft d = { .plan = plan, .rq = rq, .u = rq->units };
	int phase;

	sched_order(&d);
	sched_choose_canaries(&d);
	plan->n_canaries = d.n_canaries;
	rq->ops->plan(&d);
	plan->in_turn = sched_is_in_turn(&d);
	sched_lay_gates(&d);
	if (!rq->ops->every_slot) {
		sched_lay_late(&d, PHASE_EXCLUSIVE, true);
		sched_lay_late(&d, PHASE_LAST, false);
	}
	sched_copy_tables(plan, rq);
	for (phase = 0; phase < N_PHASES; phase++)
		free(d.order[phase]);
	free(d.canaries);
	free(d.is_canary);
	free(d.gates);
}

void sched_plan_plain(struct plan *plan, struct plan *selected)
{
	bool overflow = selected->overflow;

	*plan = *selected;
	plan_init(selected);
	selected->overflow = overflow;
	plan->n_units = plan->n_positions;
	vec_room(plan->parts, plan->n_parts, plan->cap_parts);
	plan->parts[plan->n_parts++] = (struct part){ 0, plan->n_positions, 0 };
}
