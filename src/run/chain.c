/* SPDX-License-Identifier: MIT */
#include "run/chain.h"

#include "base/vec.h"
#include "run/keeper.h"

#include <stdlib.h>
#include <string.h>

/* "" = the test is in none. */
static const char *chain_name(const struct run *run, uint32_t position)
{
	struct instance at = plan_at(run->args->plan, position);

	return run->args->listing->tests[at.test_ix].attrs->serial;
}

/* Chains of which a member stands in front of what is left. */
struct begun {
	const char **names;
	uint32_t n, cap;
};

static bool chain_is_begun(const struct begun *begun, const char *name)
{
	uint32_t i = 0;

	while (i < begun->n && strcmp(begun->names[i], name) != 0)
		i++;
	return i < begun->n;
}

/* Not by the disabled ones, which have no part in it. */
static void chain_find_begun(const struct run *run, uint32_t lo, uint32_t hi,
			     struct begun *begun)
{
	for (; lo < hi; lo++) {
		struct instance at = plan_at(run->args->plan, lo);
		const char *name = chain_name(run, lo);

		if (!*name ||
		    run->args->listing->tests[at.test_ix].attrs->disabled ||
		    chain_is_begun(begun, name))
			continue;
		vec_room(begun->names, begun->n, begun->cap);
		begun->names[begun->n++] = name;
	}
}

/* A unit of loadscope or its family may hold several chains, and tests of none
 * between their members. */
void chain_break(struct run *run, uint32_t slot)
{
	const struct plan *plan = run->args->plan;
	struct range rest = range_free(
		deque_peek(&run->arena.deques[slot].held));
	struct begun begun = { 0 };
	const struct bound *b;

	if (!plan->chains || range_is_empty(rest) ||
	    rest.hi > run->layout.n_positions)
		return;
	b = plan_bound(plan, rest.lo);
	if (!b)
		return;
	chain_find_begun(run, b->lo, rest.lo, &begun);
	for (; begun.n && rest.lo < min_of(b->hi, rest.hi); rest.lo++)
		if (chain_is_begun(&begun, chain_name(run, rest.lo)))
			keeper_cancel(run, (struct range){ rest.lo,
							   rest.lo + 1 },
				      NOTRUN_CHAIN);
	free(begun.names);
}
