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

static void resume_event(void *ctx, const struct event *ev)
{
	const struct event_test *t = &ev->test;
	struct resume *r = ctx;
	uint32_t test;

	if (ev->kind != EVENT_TEST_FINISHED || t->outcome == OUTCOME_NOTRUN)
		return;
	resume_set(r->told, t->position);
	test = r->same[t->test_ix];
	if (test == SAME_NONE || t->index >= r->now->tests[test].count)
		return;
	resume_end(r, r->first[test] + t->index);
	if (outcome_is_failure(t->outcome))
		resume_set(r->failed, r->first[test] + t->index);
}

/* One that was to run in each slot has ended when it has in all of them. */
static void resume_recall(struct resume *r, const struct plan *old)
{
	uint32_t hint = 0, p;

	for (p = 0; p < old->n_positions; p++) {
		struct instance at = plan_at_near(old, p, &hint);
		uint32_t test = r->same[at.test_ix];

		if (test != SAME_NONE && !resume_has(r->told, p) &&
		    at.index < r->now->tests[test].count)
			resume_clear(r->ended, r->first[test] + at.index);
	}
}

/* ---- chains ---------------------------------------------------------- */

/* One is of its suite. */
struct resume_chain {
	uint32_t suite_ix;
	const char *name; /* "" = none */
};

static struct resume_chain resume_chain(const struct resume *r,
					uint32_t test_ix)
{
	const struct test *t = &r->now->tests[test_ix];

	return (struct resume_chain){ t->suite_ix, t->attrs->serial };
}

static int resume_by_chain(const void *va, const void *vb)
{
	const struct resume_chain *a = va, *b = vb;

	return a->suite_ix != b->suite_ix
		       ? (a->suite_ix > b->suite_ix) -
				 (a->suite_ix < b->suite_ix)
		       : strcmp(a->name, b->name);
}

static bool resume_has_all(const struct resume *r, const struct stretch *at)
{
	uint64_t bit = r->first[at->first.test_ix] + at->first.index;
	uint32_t i = 0;

	while (i < at->count && resume_has(r->ended, bit + i))
		i++;
	return i == at->count;
}

static void resume_forget(struct resume *r, uint32_t test_ix)
{
	uint32_t i;

	for (i = 0; i < r->now->tests[test_ix].count; i++)
		resume_clear(r->ended, r->first[test_ix] + i);
}

/* Of each chain of which something is left, all. */
static void resume_extend(struct resume *r, const struct plan *plan)
{
	struct resume_chain *broken = NULL, chain;
	struct stretch at = { 0 };
	uint32_t n = 0, cap = 0, i;

	while (plan_walk(plan, &at)) {
		chain = resume_chain(r, at.first.test_ix);
		if (!*chain.name || resume_has_all(r, &at))
			continue;
		vec_room(broken, n, cap);
		broken[n++] = chain;
	}
	if (n)
		qsort(broken, n, sizeof(*broken), resume_by_chain);
	for (i = 0; n && i < r->now->n_tests; i++) {
		chain = resume_chain(r, i);
		if (*chain.name && bsearch(&chain, broken, n, sizeof(*broken),
					   resume_by_chain))
			resume_forget(r, i);
	}
	free(broken);
}

/* ---- the plan -------------------------------------------------------- */

static void resume_copy(const struct resume *r, const struct stretch *at,
			struct plan *left, struct resumed *sum)
{
	uint32_t i;

	for (i = 0; i < at->count; i++) {
		uint32_t index = at->first.index + i;
		uint64_t bit = r->first[at->first.test_ix] + index;

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
	while (plan_walk(plan, &at))
		resume_copy(r, &at, &left, &sum);
	plan_fini(plan);
	*plan = left;
	return sum;
}

struct resumed resume_apply(struct replay *old, const struct listing *listing,
			    struct plan *plan, uint32_t n_times)
{
	struct resume r = { .now = listing, .old = replay_run(old)->listing,
			    .n_times = n_times };
	const struct sink sink = { .event = resume_event, .ctx = &r };
	struct resumed sum;

	resume_match(&r);
	resume_number(&r);
	r.told = mem_zalloc(replay_run(old)->plan->n_positions / 8 + 1);
	replay_events(old, &sink);
	resume_recall(&r, replay_run(old)->plan);
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
