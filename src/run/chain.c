/* SPDX-License-Identifier: MIT */
#include "run/chain.h"

#include "run/keeper.h"

#include <string.h>

/* "" = the test is in none. */
static const char *chain_name(const struct run *run, uint32_t position)
{
	struct instance at = plan_at(run->args->plan, position);

	return run->args->listing->tests[at.test_ix].attrs->serial;
}

static bool chain_is(const struct run *run, uint32_t position, const char *name)
{
	return strcmp(chain_name(run, position), name) == 0;
}

/* A member that stands before: not the disabled ones, which have no part in
 * it. */
static bool chain_was_begun(const struct run *run, uint32_t lo, uint32_t hi,
			    const char *name)
{
	for (; lo < hi; lo++) {
		struct instance at = plan_at(run->args->plan, lo);

		if (!run->args->listing->tests[at.test_ix].attrs->disabled &&
		    chain_is(run, lo, name))
			return true;
	}
	return false;
}

void chain_break(struct run *run, uint32_t slot)
{
	const struct plan *plan = run->args->plan;
	struct range rest = range_free(
		deque_peek(&run->arena.deques[slot].held));
	const struct bound *b;
	const char *name;

	if (!plan->chains || range_is_empty(rest) ||
	    rest.hi > run->layout.n_positions)
		return;
	b = plan_bound(plan, rest.lo);
	name = chain_name(run, rest.lo);
	if (!b || !*name || !chain_was_begun(run, b->lo, rest.lo, name))
		return;
	for (; rest.lo < min_of(b->hi, rest.hi); rest.lo++)
		if (chain_is(run, rest.lo, name))
			keeper_cancel(run, (struct range){ rest.lo,
							   rest.lo + 1 },
				      NOTRUN_CHAIN);
}
