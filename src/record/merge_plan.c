/* SPDX-License-Identifier: MIT */
#include "record/merge_impl.h"

#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- one listing ------------------------------------------------------ */

static void merge_add_test(struct merge *m, const struct listing *from,
			   const struct test *t)
{
	uint32_t ix = same_find(&m->same, from, t);
	struct test copy = *t;

	if (ix != SAME_NONE) {
		struct test *known = &m->listing.tests[ix];

		known->count = max_of(known->count, t->count);
		return;
	}
	copy.name = listing_text(&m->listing, t->name, strlen(t->name));
	copy.file = listing_text(&m->listing, t->file, strlen(t->file));
	copy.attrs = listing_attrs(&m->listing, t->attrs);
	listing_add_test(&m->listing, &copy);
	same_add(&m->same, m->listing.n_tests - 1);
}

/* The tests of a suite, of all sources. */
static void merge_add_suite(struct merge *m, const struct suite *suite)
{
	uint32_t ix = listing_add_suite(&m->listing, suite->path,
					suite->adapter), i, k, t;

	m->listing.suites[ix].name = listing_text(&m->listing, suite->name,
						  strlen(suite->name));
	m->listing.suites[ix].isolate = suite->isolate;
	for (i = 0; i < m->n_sources; i++) {
		const struct listing *l = source_run(&m->sources[i])->listing;

		for (k = 0; k < l->n_suites; k++) {
			const struct suite *s = &l->suites[k];

			if (strcmp(s->path, suite->path) != 0)
				continue;
			for (t = 0; t < s->n_tests; t++)
				merge_add_test(m, l,
					       &l->tests[s->first_test + t]);
		}
	}
}

static bool merge_has_suite(const struct merge *m, const char *path)
{
	uint32_t i;

	for (i = 0; i < m->listing.n_suites; i++)
		if (strcmp(m->listing.suites[i].path, path) == 0)
			return true;
	return false;
}

void merge_make_listing(struct merge *m)
{
	uint32_t i, k;

	for (i = 0; i < m->n_sources; i++) {
		const struct listing *l = source_run(&m->sources[i])->listing;

		for (k = 0; k < l->n_suites; k++)
			if (!merge_has_suite(m, l->suites[k].path))
				merge_add_suite(m, &l->suites[k]);
	}
}

/* ---- one plan --------------------------------------------------------- */

static void source_match(struct merge *m, struct source *p)
{
	const struct listing *l = source_run(p)->listing;
	uint32_t i;

	p->same = mem_array((size_t)l->n_tests + 1, sizeof(*p->same));
	for (i = 0; i < l->n_tests; i++)
		p->same[i] = same_find(&m->same, l, &l->tests[i]);
}

/* A test that was to run in each slot has several ends, and no one of them is
 * its own. */
static uint32_t source_turn(const struct plan *plan, uint32_t position)
{
	return plan->turn_kind == TURNS_ARE_ITERATIONS
		       ? plan_turn(plan, position) : 0;
}

/* Of several copies in one recording each is its own. */
static void source_pick(struct merge *m, struct source *p,
			const uint64_t *first)
{
	const struct plan *plan = source_run(p)->plan;
	uint32_t hint = 0, i;

	p->positions = mem_array((size_t)plan->n_positions + 1,
				 sizeof(*p->positions));
	m->plan.n_times = plan->n_times;
	m->plan.turn_kind = plan->turn_kind;
	if (plan->turn_kind == TURNS_ARE_ITERATIONS)
		m->plan.n_times = min_of(plan->n_times, m->pick->n_times);
	for (i = 0; i < plan->n_positions; i++) {
		struct instance at = plan_at_near(plan, i, &hint);
		uint64_t bit = first[p->same[at.test_ix]] + at.index;

		p->positions[i] = NOBODY;
		if (!(m->picked[bit / 8] >> bit % 8 & 1) ||
		    source_turn(plan, i) >= m->pick->n_times)
			continue;
		p->positions[i] = m->plan.n_positions;
		plan_begin_turn(&m->plan, plan_turn(plan, i));
		plan_add(&m->plan, p->same[at.test_ix], at.index, 1);
	}
}

/* What the other run selected, by the numbers of the whole. */
static void merge_mark_picked(struct merge *m, const uint64_t *first,
			      uint64_t n)
{
	const struct listing *l = m->pick->listing;
	struct stretch at = { 0 };
	uint32_t test, i;

	m->picked = mem_zalloc(n / 8 + 1);
	while (plan_walk(m->pick->plan, &at)) {
		test = same_find(&m->same, l, &l->tests[at.first.test_ix]);
		for (i = 0; test != SAME_NONE && i < at.count; i++) {
			uint64_t bit = first[test] + at.first.index + i;

			if (at.first.index + i < m->listing.tests[test].count)
				m->picked[bit / 8] |=
					(uint8_t)(1u << bit % 8);
		}
	}
}

static int source_place(struct merge *m, struct source *p,
			struct places *places, struct err *err)
{
	const struct plan *plan = source_run(p)->plan;
	uint8_t *seen = mem_zalloc((size_t)m->plan.n_positions +
				   plan->n_positions + 1);
	uint32_t hint = 0, i;
	int ret = 0;

	p->positions = mem_array((size_t)plan->n_positions + 1,
				 sizeof(*p->positions));
	for (i = 0; i < plan->n_positions && ret == 0; i++) {
		struct instance at = plan_at_near(plan, i, &hint);
		uint32_t turn = source_turn(plan, i);
		uint32_t *place = &places->positions[
			turn * places->n + places->first[p->same[at.test_ix]] +
			at.index];

		if (m->whole.shard_of && !source_owns(m, p, *place)) {
			ret = err_set(err, -EINVAL, "%s: has tests of other "
				      "shards than its own", p->path);
			break;
		}
		if (*place == NOBODY) {
			*place = m->plan.n_positions;
			plan_begin_turn(&m->plan, turn);
			plan_add(&m->plan, p->same[at.test_ix], at.index, 1);
		}
		p->positions[i] = *place;
		if (seen[*place]++)
			ret = err_set(err, -EINVAL, "tests ran in each worker "
				      "(--dist each), which cannot be merged");
	}
	free(seen);
	return ret;
}

static int merge_count_places(struct merge *m, struct places *places,
			      struct err *err)
{
	const struct partition *of = merge_whole(m);
	uint32_t i;

	places->first = mem_array((size_t)m->listing.n_tests + 1,
				  sizeof(*places->first));
	for (i = 0; i < m->listing.n_tests; i++) {
		places->first[i] = places->n;
		places->n += m->listing.tests[i].count;
	}
	places->n_turns = 1;
	for (i = 0; i < m->n_sources; i++) {
		const struct plan *plan = source_run(&m->sources[i])->plan;

		if (plan->turn_kind == TURNS_ARE_ITERATIONS)
			places->n_turns = max_of(places->n_turns,
						 plan->n_times);
	}
	if (of)
		places->n_turns = max_of(places->n_turns, of->n_times);
	if (places->n > PLAN_POSITIONS_MAX / places->n_turns)
		return err_set(err, -EINVAL, "more than %u tests in all",
			       PLAN_POSITIONS_MAX);
	return 0;
}

int merge_make_plan(struct merge *m, struct err *err)
{
	const struct partition *of = merge_whole(m);
	struct places places = { 0 };
	int ret = merge_count_places(m, &places, err);
	size_t n = places.n * places.n_turns;
	uint32_t i;

	if (ret == 0 && m->pick) {
		merge_mark_picked(m, places.first, places.n);
		source_match(m, &m->sources[0]);
		source_pick(m, &m->sources[0], places.first);
		merge_keep_partition(m);
		free(places.first);
		return 0;
	}
	if (ret == 0) {
		places.positions =
			mem_alloc(n * sizeof(*places.positions) + 1);
		memset(places.positions, 0xff, n * sizeof(*places.positions));
	}
	m->plan.n_times = places.n_turns;
	for (i = 0; i < m->n_sources; i++)
		source_match(m, &m->sources[i]);
	if (ret == 0 && of)
		merge_place_whole(m, of, &places);
	for (i = 0; i < m->n_sources && ret == 0; i++)
		ret = source_place(m, &m->sources[i], &places, err);
	free(places.positions);
	free(places.first);
	return ret;
}
