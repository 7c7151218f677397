/* SPDX-License-Identifier: MIT */
#include "sched/gates.h"

#include "base/vec.h"
#include "sched/groups.h"
#include "sched/locks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct gates {
	struct units *u;
	struct locks locks;
	struct groups groups;
	/* of the unit that is looked at */
	struct lock_use *uses;
	uint32_t n_uses, cap_uses;
	struct gate_rule rule;
	bool exclusive, last;
	/* of a unit of one test all is said by its attributes: as the last */
	const struct attrs *seen;
	uint32_t seen_gate;
	uint8_t seen_phase;
};

static const struct attrs *gates_attrs(const struct units *u,
				       const struct unit *unit)
{
	return u->listing->tests[unit->test_ix].attrs;
}

/* ---- what there is --------------------------------------------------- */

static int gates_collect(struct gates *g, struct err *err)
{
	const struct attrs *seen = &attrs_default;
	uint32_t i;
	int ret;

	for (i = 0; i < g->u->n; i++) {
		const struct unit *unit = &g->u->items[i];
		const struct attrs *a = gates_attrs(g->u, unit);

		if (a == seen)
			continue;
		seen = a;
		if (*a->after)
			groups_add(&g->groups, g->u, a->after);
		ret = *a->lock ? locks_add(&g->locks, g->u, unit->test_ix, err)
			       : 0;
		if (ret < 0)
			return ret;
	}
	return 0;
}

static void gates_count_members(struct gates *g)
{
	uint32_t i;

	if (g->u->n_groups == 0)
		return;
	for (i = 0; i < g->u->n; i++)
		groups_count(&g->groups, g->u, &g->u->items[i]);
}

/* ---- one unit -------------------------------------------------------- */

static int gates_add_use(struct gates *g, uint32_t test_ix,
			 const struct lock_use *use, struct err *err)
{
	const struct lock *lock = &g->u->locks[use->lock];
	uint32_t i;

	if (use->units > lock->units)
		return err_set(err, -EINVAL,
			       "%s: .lock wants %u of '%.*s', and there %s %u",
			       g->u->listing->tests[test_ix].name, use->units,
			       (int)lock->name_len, lock->name,
			       lock->units == 1 ? "is" : "are", lock->units);
	for (i = 0; i < g->n_uses; i++) {
		if (g->uses[i].lock != use->lock)
			continue;
		/* Tests of one unit: what the most demanding wants. */
		g->uses[i].shared &= use->shared;
		g->uses[i].units = max_of(g->uses[i].units, use->units);
		return 0;
	}
	vec_room(g->uses, g->n_uses, g->cap_uses);
	g->uses[g->n_uses++] = *use;
	return 0;
}

static int gates_add_after(struct gates *g, uint32_t test_ix, struct err *err)
{
	const struct test *t = &g->u->listing->tests[test_ix];
	uint32_t group = groups_find(&g->groups, t->attrs->after);

	if (g->u->groups[group].n_members == 0)
		return groups_check_name(g->u->listing, test_ix, err);
	if (g->rule.after != PLAN_NONE && g->rule.after != group)
		return err_set(err, -EINVAL,
			       "%s: .after = \"%s\", but tests of the same "
			       "unit wait for '%s'",
			       t->name, t->attrs->after,
			       g->u->groups[g->rule.after].name);
	g->rule.after = group;
	return 0;
}

static int gates_add_test(struct gates *g, uint32_t test_ix, struct err *err)
{
	const struct attrs *a = g->u->listing->tests[test_ix].attrs;
	const char *list = a->lock;
	struct lock_ask ask;
	int ret = 0;

	g->rule.weight = max_of(g->rule.weight, (uint32_t)a->weight);
	g->exclusive |= a->exclusive;
	g->last |= a->last;
	g->rule.waited_for |= groups_has(&g->groups, g->u, a);
	if (*a->after)
		ret = gates_add_after(g, test_ix, err);
	while (ret == 0 && locks_next(&list, &ask)) {
		struct lock_use use = locks_use(&g->locks, g->u, &ask);

		ret = gates_add_use(g, test_ix, &use, err);
	}
	return ret;
}

static int gates_by_lock(const void *va, const void *vb)
{
	const struct lock_use *a = va, *b = vb;

	return (a->lock > b->lock) - (a->lock < b->lock);
}

static bool gates_is_constrained(const struct gates *g)
{
	return g->n_uses || g->rule.weight > 1 || g->rule.after != PLAN_NONE;
}

/* Those that others wait for are never late: who waits for them would hold
 * up what they wait for. */
static enum unit_phase gates_choose_phase(struct gates *g)
{
	bool linked = g->rule.waited_for || g->rule.after != PLAN_NONE;

	if (g->exclusive && !linked)
		return PHASE_EXCLUSIVE;
	if (g->exclusive)
		g->rule.weight = UINT32_MAX;
	g->rule.last = g->last;
	if (gates_is_constrained(g) || (g->last && linked))
		return PHASE_GATED;
	return g->last ? PHASE_LAST : PHASE_BODY;
}

/* Keeps the rule; its number + 1. */
static uint32_t gates_keep(struct gates *g)
{
	struct units *u = g->u;
	uint32_t i;

	if (g->n_uses)
		qsort(g->uses, g->n_uses, sizeof(*g->uses), gates_by_lock);
	g->rule.first_use = u->n_uses;
	g->rule.n_uses = g->n_uses;
	for (i = 0; i < g->n_uses; i++) {
		vec_room(u->uses, u->n_uses, u->cap_uses);
		u->uses[u->n_uses++] = g->uses[i];
	}
	vec_room(u->gates, u->n_gates, u->cap_gates);
	u->gates[u->n_gates++] = g->rule;
	return u->n_gates;
}

static int gates_unit(struct gates *g, struct unit *head, struct err *err)
{
	const struct unit *unit = head;
	int ret;

	g->n_uses = 0;
	g->rule = (struct gate_rule){ .weight = 1, .after = PLAN_NONE };
	g->exclusive = g->last = false;
	do {
		ret = gates_add_test(g, unit->test_ix, err);
		unit = unit->next ? &g->u->items[unit->next] : NULL;
	} while (ret == 0 && unit);
	head->phase = (uint8_t)gates_choose_phase(g);
	head->gate = head->phase == PHASE_GATED ? gates_keep(g) : 0;
	if (ret == 0 && head->gate && g->rule.after != PLAN_NONE)
		groups_link(&g->groups, g->u, head, g->rule.after);
	return ret;
}

static int gates_units(struct gates *g, struct err *err)
{
	uint32_t i;
	int ret = 0;

	for (i = 0; i < g->u->n && ret == 0; i++) {
		struct unit *unit = &g->u->items[i];
		const struct attrs *a = gates_attrs(g->u, unit);

		if (unit->member)
			continue;
		if (unit->bound || a != g->seen) {
			ret = gates_unit(g, unit, err);
			g->seen = unit->bound ? NULL : a;
			g->seen_gate = unit->gate;
			g->seen_phase = unit->phase;
		}
		unit->gate = g->seen_gate;
		unit->phase = g->seen_phase;
	}
	return ret;
}

int gates_find(struct units *u, const struct lock *sizes, uint32_t n_sizes,
	       struct err *err)
{
	struct gates g = { .u = u, .seen = &attrs_default };
	int ret = gates_collect(&g, err);

	locks_sort(&g.locks, u, sizes, n_sizes);
	gates_count_members(&g);
	if (ret == 0)
		ret = gates_units(&g, err);
	if (ret == 0)
		ret = groups_check(&g.groups, u, err);
	locks_fini(&g.locks);
	groups_fini(&g.groups);
	free(g.uses);
	return ret;
}
