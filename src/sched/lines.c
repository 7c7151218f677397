/* SPDX-License-Identifier: MIT */
#include "sched/lines.h"

#include "base/compiler.h"
#include "base/mem.h"

#include <stdlib.h>

/* Longer than any line: a million years. */
#define LINES_WIDE_NS 3e22

static void lines_add(struct lines *l, const struct units *u,
		      const struct unit *unit)
{
	const struct gate_rule *rule = &u->gates[unit->gate - 1];
	double ns = unit->bound ? unit->est_ns : unit->est_ns * unit->n_tests;
	uint32_t i;

	for (i = rule->first_use; i < rule->first_use + rule->n_uses; i++) {
		const struct lock_use *use = &u->uses[i];

		if (!use->shared)
			l->lock_ns[use->lock] += ns * use->units /
						 u->locks[use->lock].units;
	}
}

void lines_measure(struct lines *l, const struct units *u, uint32_t n_slots)
{
	uint32_t i;

	*l = (struct lines){ .n_slots = n_slots };
	if (u->n_gates == 0 || n_slots < 2)
		return;
	l->lock_ns = mem_array(max_of(u->n_locks, 1u), sizeof(*l->lock_ns));
	for (i = 0; i < u->n; i++)
		if (!u->items[i].member && u->items[i].gate)
			lines_add(l, u, &u->items[i]);
}

void lines_fini(struct lines *l)
{
	free(l->lock_ns);
}

double lines_ns(const struct lines *l, const struct units *u,
		const struct unit *unit)
{
	const struct gate_rule *rule;
	double most = 0;
	uint32_t i;

	if (!unit->gate || !l->lock_ns)
		return 0;
	rule = &u->gates[unit->gate - 1];
	if (rule->weight > 1)
		return LINES_WIDE_NS * min_of(rule->weight, l->n_slots);
	for (i = rule->first_use; i < rule->first_use + rule->n_uses; i++)
		if (!u->uses[i].shared)
			most = max_of(most, l->lock_ns[u->uses[i].lock]);
	return most;
}
