/* SPDX-License-Identifier: MIT */
#include "record/resume.h"

#include "base/mem.h"
#include "base/vec.h"
#include "record/same.h"

#include <stdlib.h>
#include <string.h>

struct resume {
	const struct listing *now, *old;
	uint32_t *same;	 /* per test of old: the one of now, or SAME_NONE */
	uint64_t *first; /* per test of now: the bit of its instance 0 */
	uint64_t n_instances; /* bits for each time that a test is to run */
	uint32_t n_turns;
	const struct plan *old_plan;
	uint8_t *ended, *failed; /* bits */
	uint32_t *left; /* of those, how often they must end still; or NULL */
	uint32_t n_times;
	uint8_t *told; /* bits, per position of old: it ended */
};

/* ---- which test is which --------------------------------------------- */

static void resume_match(struct resume *r)
{
	struct same same = { .listing = r->now };
	uint32_t i;

	same_add_all(&same);
	r->same = mem_array((size_t)r->old->n_tests + 1, sizeof(*r->same));
	for (i = 0; i < r->old->n_tests; i++)
		r->same[i] = same_find(&same, r->old, &r->old->tests[i]);
	same_fini(&same);
}

static void resume_number(struct resume *r)
{
	uint64_t n = 0;
	uint32_t i;

	r->first = mem_array((size_t)r->now->n_tests + 1, sizeof(*r->first));
	for (i = 0; i < r->now->n_tests; i++) {
		r->first[i] = n;
		n += r->now->tests[i].count;
	}
	r->n_instances = n;
	n *= r->n_turns;
	r->ended = mem_zalloc(n / 8 + 1);
	r->failed = mem_zalloc(n / 8 + 1);
	if (r->n_times < 2)
		return;
	r->left = mem_array(n + 1, sizeof(*r->left));
	while (n > 0)
		r->left[--n] = r->n_times;
}

/* ---- what has ended -------------------------------------------------- */

static bool resume_has(const uint8_t *bits, uint64_t bit)
{
	return bits[bit / 8] >> bit % 8 & 1;
}

static void resume_set(uint8_t *bits, uint64_t bit)
{
	bits[bit / 8] |= (uint8_t)(1u << bit % 8);
}

static void resume_clear(uint8_t *bits, uint64_t bit)
{
	bits[bit / 8] &= (uint8_t)~(1u << bit % 8);
}

static void resume_end(struct resume *r, uint64_t bit)
{
	if (!r->left || (r->left[bit] > 0 && --r->left[bit] == 0))
		resume_set(r->ended, bit);
}

/* The bit of a position of the old plan; false when there is none.  The times
 * of a test that was to run in each slot are not told apart. */
static bool resume_find(const struct resume *r, struct instance at,
			uint32_t position, uint64_t *bit)
{
	uint32_t test = r->same[at.test_ix], turn = 0;

	if (r->old_plan->turn_kind == TURNS_ARE_ITERATIONS)
		turn = plan_turn(r->old_plan, position);
	if (test == SAME_NONE || at.index >= r->now->tests[test].count ||
	    turn >= r->n_turns)
		return false;
	*bit = turn * r->n_instances + r->first[test] + at.index;
	return true;
}

static void resume_event(void *ctx, const struct event *ev)
{
	const struct event_test *t = &ev->test;
	struct resume *r = ctx;
	uint64_t bit;

	if (ev->kind != EVENT_TEST_FINISHED || t->outcome == OUTCOME_NOTRUN)
		return;
	resume_set(r->told, t->position);
	if (!resume_find(r, (struct instance){ t->test_ix, t->index },
			 t->position, &bit))
		return;
	resume_end(r, bit);
	if (outcome_is_failure(t->outcome))
		resume_set(r->failed, bit);
}

/* One that was to run in each slot has ended when it has in all of them. */
static void resume_recall(struct resume *r)
{
	uint32_t hint = 0, p;
	uint64_t bit;

	for (p = 0; p < r->old_plan->n_positions; p++) {
		struct instance at = plan_at_near(r->old_plan, p, &hint);

		if (!resume_has(r->told, p) && resume_find(r, at, p, &bit))
			resume_clear(r->ended, bit);
	}
}

/* ---- chains ---------------------------------------------------------- */

/* One is of its suite, and of one turn. */
struct resume_chain {
	uint32_t suite_ix, turn;
	const char *name; /* "" = none */
};

static struct resume_chain resume_chain(const struct resume *r,
					uint32_t test_ix, uint32_t turn)
{
	const struct test *t = &r->now->tests[test_ix];

	return (struct resume_chain){ t->suite_ix, turn, t->attrs->serial };
}

static int resume_by_chain(const void *va, const void *vb)
{
	const struct resume_chain *a = va, *b = vb;

	if (a->suite_ix != b->suite_ix)
		return a->suite_ix > b->suite_ix ? 1 : -1;
	if (a->turn != b->turn)
		return a->turn > b->turn ? 1 : -1;
	return strcmp(a->name, b->name);
}

static bool resume_has_all(const struct resume *r, const struct stretch *at,
			   uint32_t turn)
{
	uint64_t bit = turn * r->n_instances + r->first[at->first.test_ix] +
		       at->first.index;
	uint32_t i = 0;

	while (i < at->count && resume_has(r->ended, bit + i))
		i++;
	return i == at->count;
}

static void resume_forget(struct resume *r, uint32_t test_ix, uint32_t turn)
{
	uint64_t bit = turn * r->n_instances + r->first[test_ix];
	uint32_t i;

	for (i = 0; i < r->now->tests[test_ix].count; i++)
		resume_clear(r->ended, bit + i);
}

/* The test of each of these chains, at each of the turns. */
static void resume_forget_chains(struct resume *r, uint32_t test_ix,
				 const struct resume_chain *broken, uint32_t n)
{
	struct resume_chain chain;
	uint32_t turn;

	for (turn = 0; turn < r->n_turns; turn++) {
		chain = resume_chain(r, test_ix, turn);
		if (*chain.name && bsearch(&chain, broken, n, sizeof(*broken),
					   resume_by_chain))
			resume_forget(r, test_ix, turn);
	}
}

/* Of each chain of which something is left, all. */
static void resume_extend(struct resume *r, const struct plan *plan)
{
	struct resume_chain *broken = NULL, chain;
	struct stretch at = { 0 };
	uint32_t n = 0, cap = 0, i;

	while (plan_walk(plan, &at)) {
		uint32_t turn = plan_turn(plan, at.position);

		chain = resume_chain(r, at.first.test_ix, turn);
		if (!*chain.name || resume_has_all(r, &at, turn))
			continue;
		vec_room(broken, n, cap);
		broken[n++] = chain;
	}
	if (n)
		qsort(broken, n, sizeof(*broken), resume_by_chain);
	for (i = 0; n && i < r->now->n_tests; i++)
		resume_forget_chains(r, i, broken, n);
	free(broken);
}

/* ---- the plan -------------------------------------------------------- */

static void resume_copy(const struct resume *r, const struct stretch *at,
			uint32_t turn, struct plan *left,
			struct resumed *sum)
{
	uint32_t i;

	plan_begin_turn(left, turn);

	for (i = 0; i < at->count; i++) {
		uint32_t index = at->first.index + i;
		uint64_t bit = turn * r->n_instances +
			       r->first[at->first.test_ix] + index;

		if (!resume_has(r->ended, bit)) {
			plan_add(left, at->first.test_ix, index, 1);
			continue;
		}
		sum->n_ended++;
		sum->n_failed += resume_has(r->failed, bit);
	}
}

static struct resumed resume_filter(const struct resume *r, struct plan *plan)
{
	struct resumed sum = { 0 };
	struct stretch at = { 0 };
	struct plan left;

	plan_init(&left);
	left.n_times = plan->n_times;
	left.turn_kind = plan->turn_kind;
	left.overflow = plan->overflow;
	while (plan_walk(plan, &at))
		resume_copy(r, &at, plan_turn(plan, at.position), &left, &sum);
	plan_fini(plan);
	*plan = left;
	return sum;
}

struct resumed resume_apply(struct replay *old, const struct listing *listing,
			    struct plan *plan, uint32_t n_times)
{
	struct resume r = { .now = listing, .old = replay_run(old)->listing,
			    .old_plan = replay_run(old)->plan,
			    .n_turns = max_of(plan->n_times, 1u),
			    .n_times = n_times };
	const struct sink sink = { .event = resume_event, .ctx = &r };
	struct resumed sum;

	resume_match(&r);
	resume_number(&r);
	r.told = mem_zalloc(r.old_plan->n_positions / 8 + 1);
	replay_events(old, &sink);
	resume_recall(&r);
	resume_extend(&r, plan);
	sum = resume_filter(&r, plan);
	free(r.left);
	free(r.same);
	free(r.first);
	free(r.ended);
	free(r.failed);
	free(r.told);
	return sum;
}
