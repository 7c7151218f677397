/* SPDX-License-Identifier: MIT */
#include "run/chain.h"

#include "base/mem.h"
#include "base/vec.h"
#include "run/keeper.h"
#include "run/retry.h"

#include <stdlib.h>
#include <string.h>

/* What is known of a position: run->chains.how. */
enum {
	CHAIN_RAN = 1,	  /* it was begun before it ended */
	CHAIN_EXTRA = 2,  /* it has ended, and is run again */
	CHAIN_PARKED = 4, /* it waits for its chain */
};

void chain_open(struct run *run)
{
	if (run->args->plan->chains)
		run->chains.how = mem_array(run->args->plan->n_positions,
					    sizeof(*run->chains.how));
}

void chain_close(struct run *run)
{
	free(run->chains.how);
	run->chains.how = NULL;
}

/* "" = the test is in none. */
static const char *chain_name(const struct run *run, uint32_t position)
{
	struct instance at = plan_at(run->args->plan, position);

	return run->args->listing->tests[at.test_ix].attrs->serial;
}

bool chain_has(const struct run *run, uint32_t position)
{
	return run->chains.how && *chain_name(run, position);
}

void chain_note(struct run *run, const struct event_test *test)
{
	if (unlikely(run->chains.how) && test->start_ns)
		run->chains.how[test->position] |= CHAIN_RAN;
}

/* ---- which chains ------------------------------------------------------ */

struct names {
	const char **all;
	uint32_t n, cap;
};

static bool names_have(const struct names *names, const char *name)
{
	uint32_t i = 0;

	while (i < names->n && strcmp(names->all[i], name) != 0)
		i++;
	return i < names->n;
}

static void names_add(struct names *names, const char *name)
{
	if (!*name || names_have(names, name))
		return;
	vec_room(names->all, names->n, names->cap);
	names->all[names->n++] = name;
}

/* Chains of which a member stands in front of what is left.  Not by the
 * disabled ones, which have no part in it. */
static void chain_find_begun(const struct run *run, uint32_t lo, uint32_t hi,
			     struct names *begun)
{
	for (; lo < hi; lo++) {
		struct instance at = plan_at(run->args->plan, lo);

		if (!run->args->listing->tests[at.test_ix].attrs->disabled)
			names_add(begun, chain_name(run, lo));
	}
}

/* Those that will be run again. */
static void chain_find_waiting(const struct run *run, uint32_t lo, uint32_t hi,
			       struct names *waiting)
{
	for (; run->chains.how && lo < hi; lo++)
		if (retry_is_waiting(run, lo))
			names_add(waiting, chain_name(run, lo));
}

/* ---- broken ------------------------------------------------------------ */

static void chain_park(struct run *run, uint32_t position)
{
	struct atom64 *word = &run->arena.states[position];
	struct state_word from = state_unpack(state_load(word));
	struct state_word to = { .state = STATE_DONE,
				 .attempt = from.attempt };

	if (run->ended[position] || from.state != STATE_PENDING ||
	    !state_try_move(word, from, to))
		return;
	run->ended[position] = 1;
	run->chains.how[position] |= CHAIN_PARKED;
	run->chains.n_parked++;
}

/* What is left of a unit in which a chain waits waits as well, also tests of
 * none: it is handed out with it.  The successor in this slot, which has not
 * been admitted yet, must not come by when that begins. */
static void chain_put_off(struct run *run, uint32_t slot, struct range rest,
			  uint32_t hi)
{
	struct range behind = { 0 };
	uint32_t p;

	for (p = rest.lo; p < hi; p++)
		chain_park(run, p);
	if (hi < rest.hi)
		behind = range_bind(hi, rest.hi);
	deque_install(&run->arena.deques[slot].held, behind);
}

/* A unit of loadscope or its family may hold several chains, and tests of none
 * between their members. */
void chain_break(struct run *run, uint32_t slot)
{
	const struct plan *plan = run->args->plan;
	struct range rest = range_free(
		deque_peek(&run->arena.deques[slot].held));
	struct names begun = { 0 }, waiting = { 0 };
	const struct bound *b;
	uint32_t hi, p;

	if (!plan->chains || range_is_empty(rest) ||
	    rest.hi > run->layout.n_positions)
		return;
	b = plan_bound(plan, rest.lo);
	if (!b)
		return;
	hi = min_of(b->hi, rest.hi);
	chain_find_begun(run, b->lo, rest.lo, &begun);
	chain_find_waiting(run, b->lo, rest.lo, &waiting);
	for (p = rest.lo; begun.n && p < hi; p++) {
		const char *name = chain_name(run, p);

		if (names_have(&begun, name) && !names_have(&waiting, name))
			keeper_cancel(run, (struct range){ p, p + 1 },
				      NOTRUN_CHAIN);
	}
	if (waiting.n)
		chain_put_off(run, slot, rest, hi);
	free(begun.all);
	free(waiting.all);
}

/* ---- run again ---------------------------------------------------------- */

static void chain_unpark(struct run *run, uint32_t position)
{
	struct atom64 *word = &run->arena.states[position];
	struct state_word from = state_unpack(state_load(word));
	struct state_word to = { .state = STATE_PENDING,
				 .attempt = from.attempt };

	if (!(run->chains.how[position] & CHAIN_PARKED))
		return;
	run->chains.how[position] &= (uint8_t)~CHAIN_PARKED;
	run->chains.n_parked--;
	run->ended[position] = 0;
	state_try_move(word, from, to);
}

static void chain_begin_extra(struct run *run, uint32_t position)
{
	struct atom64 *word = &run->arena.states[position];
	struct state_word from = state_unpack(state_load(word));
	struct state_word to = { .state = STATE_PENDING,
				 .attempt = from.attempt + 1 };

	if (!(run->chains.how[position] & CHAIN_RAN) ||
	    !run->ended[position] || from.state != STATE_DONE ||
	    !state_try_move(word, from, to))
		return;
	run->chains.how[position] |= CHAIN_EXTRA;
	run->ended[position] = 0;
}

/* From behind: who ended behind the last one that has something to do is left
 * in peace. */
void chain_begin_again(struct run *run, struct range unit)
{
	struct names waiting = { 0 };
	uint32_t p;

	if (!run->chains.how)
		return;
	for (p = unit.hi; p-- > unit.lo;) {
		const char *name = chain_name(run, p);

		if (retry_is_waiting(run, p) ||
		    run->chains.how[p] & CHAIN_PARKED)
			names_add(&waiting, name);
		if (run->chains.how[p] & CHAIN_PARKED)
			chain_unpark(run, p);
		else if (names_have(&waiting, name))
			chain_begin_extra(run, p);
	}
	free(waiting.all);
}

bool chain_is_extra(const struct run *run, uint32_t position)
{
	return unlikely(run->chains.how) &&
	       run->chains.how[position] & CHAIN_EXTRA;
}

bool chain_end_extra(struct run *run, uint32_t position)
{
	if (!chain_is_extra(run, position))
		return false;
	run->chains.how[position] &= (uint8_t)~CHAIN_EXTRA;
	run->ended[position] = 1;
	return true;
}

void chain_give_up(struct run *run)
{
	uint32_t p;

	for (p = 0; run->chains.n_parked && p < run->layout.n_positions; p++)
		if (run->chains.how[p] & CHAIN_PARKED)
			chain_unpark(run, p);
}
