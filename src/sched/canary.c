/* SPDX-License-Identifier: MIT */
#include "sched/canary.h"

#include "base/mem.h"

#include <stdlib.h>

static bool canary_is_good(const struct units *u, const struct unit *unit)
{
	const struct cost *row =
		&u->costs->rows[costs_row(u->costs, unit->test_ix,
					  unit->index)];

	/* One test that fails each time is no broken environment. */
	return unit->phase == PHASE_BODY && !unit->bound && row->known &&
	       unit->turn == 0 && !row->todo && row->last == OUTCOME_PASS &&
	       unit->key_ns <= CANARY_EST_MAX_NS;
}

/* The quickest good one of each suite. */
static void canary_find_best(const struct units *u, const bool *taken,
			     uint32_t *best)
{
	uint32_t i;

	for (i = 0; i < u->listing->n_suites; i++)
		best[i] = UINT32_MAX;
	for (i = 0; i < u->n; i++) {
		const struct unit *unit = &u->items[i];
		uint32_t *b;

		if (taken[i] || !canary_is_good(u, unit))
			continue;
		b = &best[u->listing->tests[unit->test_ix].suite_ix];
		if (*b == UINT32_MAX || unit->key_ns < u->items[*b].key_ns)
			*b = i;
	}
}

/* The quickest of the suites' best ones, once each. */
static uint32_t canary_take(const struct units *u, uint32_t *best)
{
	uint32_t i, least = UINT32_MAX, entry;

	for (i = 0; i < u->listing->n_suites; i++)
		if (best[i] != UINT32_MAX &&
		    (least == UINT32_MAX ||
		     u->items[best[i]].key_ns < u->items[best[least]].key_ns))
			least = i;
	if (least == UINT32_MAX)
		return UINT32_MAX;
	entry = best[least];
	best[least] = UINT32_MAX;
	return entry;
}

uint32_t canary_choose(const struct units *u, uint32_t *canaries, uint32_t n)
{
	uint32_t *best = mem_array(u->listing->n_suites, sizeof(*best));
	bool *taken = mem_array(u->n, sizeof(*taken));
	uint32_t found = 0, entry;

	while (found < n) {
		uint32_t round = found;

		canary_find_best(u, taken, best);
		while (found < n &&
		       (entry = canary_take(u, best)) != UINT32_MAX) {
			taken[entry] = true;
			canaries[found++] = entry;
		}
		if (found == round)
			break;
	}
	free(best);
	free(taken);
	return found < CANARIES_MIN ? 0 : found;
}
