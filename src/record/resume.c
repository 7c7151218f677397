/* SPDX-License-Identifier: MIT */
#include "record/resume.h"

#include "base/id.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define NO_TEST UINT32_MAX

struct resume {
	const struct listing *now, *old;
	uint32_t *slots; /* of a hash table: tests of now, or NO_TEST */
	uint32_t mask;
	uint32_t *same;	 /* per test of old: the one of now, or NO_TEST */
	uint64_t *first; /* per test of now: the bit of its instance 0 */
	uint8_t *ended, *failed; /* bits */
};

/* ---- which test is which --------------------------------------------- */

static uint32_t resume_hash(const struct listing *l, const struct test *t)
{
	return (uint32_t)id_test(l->suites[t->suite_ix].id, t->name,
				 strlen(t->name));
}

static bool resume_is_same(const struct resume *r, const struct test *now,
			   const struct test *old)
{
	return strcmp(now->name, old->name) == 0 &&
	       now->indexed == old->indexed &&
	       strcmp(r->now->suites[now->suite_ix].path,
		      r->old->suites[old->suite_ix].path) == 0;
}

static void resume_index(struct resume *r)
{
	uint32_t cap = 16, i, at;

	while (cap / 2 < r->now->n_tests)
		cap *= 2;
	r->mask = cap - 1;
	r->slots = mem_alloc(cap * sizeof(*r->slots));
	memset(r->slots, 0xff, cap * sizeof(*r->slots));
	for (i = 0; i < r->now->n_tests; i++) {
		at = resume_hash(r->now, &r->now->tests[i]) & r->mask;
		while (r->slots[at] != NO_TEST)
			at = (at + 1) & r->mask;
		r->slots[at] = i;
	}
}

static uint32_t resume_find(const struct resume *r, const struct test *old)
{
	uint32_t at = resume_hash(r->old, old) & r->mask;

	while (r->slots[at] != NO_TEST &&
	       !resume_is_same(r, &r->now->tests[r->slots[at]], old))
		at = (at + 1) & r->mask;
	return r->slots[at];
}

static void resume_match(struct resume *r)
{
	uint32_t i;

	r->same = mem_array((size_t)r->old->n_tests + 1, sizeof(*r->same));
	for (i = 0; i < r->old->n_tests; i++)
		r->same[i] = resume_find(r, &r->old->tests[i]);
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

static void resume_event(void *ctx, const struct event *ev)
{
	const struct event_test *t = &ev->test;
	struct resume *r = ctx;
	uint32_t test;

	if (ev->kind != EVENT_TEST_FINISHED || t->outcome == OUTCOME_NOTRUN)
		return;
	test = r->same[t->test_ix];
	if (test == NO_TEST || t->index >= r->now->tests[test].count)
		return;
	resume_set(r->ended, r->first[test] + t->index);
	if (outcome_is_failure(t->outcome))
		resume_set(r->failed, r->first[test] + t->index);
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
			    struct plan *plan)
{
	struct resume r = { .now = listing, .old = replay_run(old)->listing };
	const struct sink sink = { .event = resume_event, .ctx = &r };
	struct resumed sum;

	resume_index(&r);
	resume_match(&r);
	resume_number(&r);
	replay_events(old, &sink);
	sum = resume_filter(&r, plan);
	free(r.slots);
	free(r.same);
	free(r.first);
	free(r.ended);
	free(r.failed);
	return sum;
}
