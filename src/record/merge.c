/* SPDX-License-Identifier: MIT */
#include "record/merge_impl.h"

#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS_MAX 65535u

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

static void merge_make_listing(struct merge *m)
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

static int merge_make_plan(struct merge *m, struct err *err)
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

/* ---- who tells of which test ------------------------------------------- */

static void merge_note(void *ctx, const struct event *ev)
{
	struct merge *m = ctx;
	struct source *p = &m->sources[m->at];
	uint32_t position;
	bool ran;

	if (ev->kind == EVENT_RUN_FINISHED)
		p->finished = ev->finished;
	if (ev->kind != EVENT_TEST_FINISHED)
		return;
	position = p->positions[ev->test.position];
	if (position == NOBODY)
		return;
	ran = ev->test.outcome != OUTCOME_NOTRUN;
	if (ran || !m->ended[position])
		m->winner[position] = m->at;
	m->ended[position] |= ran;
}

static bool source_has_suites(const struct source *p, const struct source *of)
{
	const struct listing *all = source_run(p)->listing;
	const struct listing *l = source_run(of)->listing;
	uint32_t i, k;

	for (i = 0; i < l->n_suites; i++) {
		for (k = 0; k < all->n_suites; k++)
			if (strcmp(all->suites[k].path, l->suites[i].path) == 0)
				break;
		if (k == all->n_suites)
			return false;
	}
	return true;
}

/* Is one the end of what the other began? */
static bool source_goes_on(const struct source *p, const struct source *of)
{
	const struct event_run *run = source_run(p), *began = source_run(of);

	return run->wall_ns >= began->wall_ns && replay_is_whole(p->replay) &&
	       (!began->partition ||
		began->partition->number == run->partition->number) &&
	       source_has_suites(p, of);
}

/* Its tests may all have ended, and nobody knows how what came behind them did:
 * the teardown of fixtures. */
static bool merge_lacks_end(const struct merge *m, const struct source *p)
{
	uint32_t i;

	if (m->pick || p->ignored || replay_is_whole(p->replay))
		return false;
	for (i = 0; i < m->n_sources; i++)
		if (source_goes_on(&m->sources[i], p))
			return false;
	return true;
}

/* Each shard has loaded all suites; of other recordings each its own. */
static void merge_sum(struct merge *m)
{
	uint32_t i;

	for (i = 0; i < m->n_sources; i++) {
		const struct tally *t = &m->sources[i].finished.tally;

		if (m->sources[i].ignored)
			continue;
		m->sources[i].endless = merge_lacks_end(m, &m->sources[i]);
		m->tally.untrusted |= m->sources[i].endless;
		if (m->whole.shard_of)
			m->tally.bad_suites = max_of(m->tally.bad_suites,
						     t->bad_suites);
		else
			m->tally.bad_suites += t->bad_suites;
		m->tally.suite_errors += t->suite_errors;
		m->tally.untrusted |= t->untrusted;
		m->tally.flaky_fails |= t->flaky_fails;
	}
}

static void merge_choose(struct merge *m)
{
	const struct sink sink = { .event = merge_note, .ctx = m };
	size_t n = m->plan.n_positions;

	m->winner = mem_alloc(n * sizeof(*m->winner) + 1);
	memset(m->winner, 0xff, n * sizeof(*m->winner));
	m->ended = mem_zalloc(n + 1);
	for (m->at = 0; m->at < m->n_sources; m->at++) {
		replay_events(m->sources[m->at].replay, &sink);
		if (replay_is_whole(m->sources[m->at].replay))
			replay_end(m->sources[m->at].replay, &sink);
	}
	if (m->whole.shard_of)
		merge_choose_attempts(m);
	merge_sum(m);
}

/* ---- telling ----------------------------------------------------------- */

static struct event merge_shift(struct merge *m, const struct event *ev)
{
	struct event copy = *ev;

	copy.now_ns += m->sources[m->at].shift_ns;
	m->last_ns = max_of(m->last_ns, copy.now_ns);
	return copy;
}

static void merge_tell_test(struct merge *m, const struct event *ev)
{
	const struct source *p = &m->sources[m->at];
	struct event copy = merge_shift(m, ev);
	struct event_test *t = &copy.test;

	t->position = p->positions[t->position];
	t->test_ix = p->same[t->test_ix];
	t->slot = (uint16_t)(t->slot + p->first_slot);
	if (t->start_ns)
		t->start_ns += p->shift_ns;
	m->tally.retries += ev->kind == EVENT_TEST_RETRIED;
	if (ev->kind == EVENT_TEST_FINISHED)
		tally_add(&m->tally, t->outcome, t->notrun, t->leak);
	sink_event(m->sink, &copy);
}

static void merge_tell_slow(struct merge *m, const struct event *ev)
{
	const struct source *p = &m->sources[m->at];
	struct event copy = merge_shift(m, ev);

	copy.slow.position = p->positions[copy.slow.position];
	copy.slow.slot = (uint16_t)(copy.slow.slot + p->first_slot);
	sink_event(m->sink, &copy);
}

static void merge_tell_fixture(struct merge *m, const struct event *ev)
{
	const struct source *p = &m->sources[m->at];
	struct event copy = merge_shift(m, ev);

	copy.fixture.test_ix = p->same[copy.fixture.test_ix];
	copy.fixture.slot = (uint16_t)(copy.fixture.slot + p->first_slot);
	copy.fixture.start_ns += p->shift_ns;
	sink_event(m->sink, &copy);
}

static void merge_tell_lost(struct merge *m, const struct event *ev)
{
	struct event copy = merge_shift(m, ev);

	copy.worker.slot = (uint16_t)(copy.worker.slot +
				      m->sources[m->at].first_slot);
	m->tally.lost_workers++;
	sink_event(m->sink, &copy);
}

static void merge_tell_warning(struct merge *m, const struct event *ev)
{
	struct event copy = merge_shift(m, ev);

	sink_event(m->sink, &copy);
}

/* Does the source whose events come tell of it? */
static bool merge_is_told_by(const struct merge *m, uint32_t position)
{
	position = m->sources[m->at].positions[position];
	return position != NOBODY && m->winner[position] == m->at;
}

/* What a source told while it ran. */
static void merge_tell(void *ctx, const struct event *ev)
{
	struct merge *m = ctx;

	switch (ev->kind) {
	case EVENT_TEST_FINISHED:
	case EVENT_TEST_RETRIED:
	case EVENT_TEST_RECHECKED:
	case EVENT_TEST_RERUN:
		if (merge_is_told_by(m, ev->test.position))
			merge_tell_test(m, ev);
		break;
	case EVENT_TEST_SLOW:
		if (m->sources[m->at].positions[ev->slow.position] != NOBODY)
			merge_tell_slow(m, ev);
		break;
	case EVENT_FIXTURE_ENDED:
		merge_tell_fixture(m, ev);
		break;
	case EVENT_WORKER_LOST:
		merge_tell_lost(m, ev);
		break;
	case EVENT_WARNING:
		merge_tell_warning(m, ev);
		break;
	case EVENT_RUN_STARTED:	  /* there is one for all */
	case EVENT_RUN_CANCELLED: /* what was left may be in another */
	case EVENT_PAUSED:
	case EVENT_PROGRESS:
	case EVENT_RUN_FINISHED:
	case EVENT_ROSTER:
	case EVENT_OUTPUT_RELAYED:
	case N_EVENTS:
		break;
	}
}

static void merge_tell_endless(struct merge *m, const struct event *ev)
{
	struct event copy = *ev;
	struct str text = STR_INIT;

	str_addf(&text, "%s: %s", m->sources[m->at].path, ev->text);
	copy.text = str_get(&text);
	merge_tell_warning(m, &copy);
	str_fini(&text);
}

/* What it has no end of, and nobody else has. */
static void merge_fill(void *ctx, const struct event *ev)
{
	struct merge *m = ctx;
	uint32_t position, *winner;

	if (ev->kind == EVENT_WARNING && m->sources[m->at].endless)
		merge_tell_endless(m, ev);
	if (ev->kind != EVENT_TEST_FINISHED)
		return;
	position = m->sources[m->at].positions[ev->test.position];
	if (position == NOBODY)
		return;
	winner = &m->winner[position];
	if (*winner != NOBODY)
		return;
	*winner = m->at;
	m->tally.untrusted = true;
	merge_tell_test(m, ev);
}

static void merge_tell_started(struct merge *m)
{
	struct event ev = { .kind = EVENT_RUN_STARTED,
			    .now_ns = m->t0_ns,
			    .run = m->run };

	m->tally.selected = m->plan.n_positions;
	m->last_ns = m->t0_ns;
	sink_event(m->sink, &ev);
}

static int merge_tell_finished(struct merge *m)
{
	struct event ev = { .kind = EVENT_RUN_FINISHED,
			    .now_ns = m->last_ns };
	struct event_finished *f = &ev.finished;

	f->elapsed_ns = m->last_ns - m->t0_ns;
	f->tally = m->tally;
	f->exit_status = (int)tally_exit(&m->tally, &f->why);
	if (m->tally.untrusted)
		f->why = merge_why(m);
	sink_event(m->sink, &ev);
	return f->exit_status;
}

const struct event_run *merge_run(const struct merge *m)
{
	return &m->run;
}

int merge_events(struct merge *m, const struct sink *sink)
{
	const struct sink tell = { .event = merge_tell, .ctx = m };
	const struct sink fill = { .event = merge_fill, .ctx = m };

	m->sink = sink;
	merge_tell_started(m);
	for (m->at = 0; m->at < m->n_sources; m->at++) {
		struct replay *r = m->sources[m->at].replay;

		if (m->sources[m->at].ignored)
			continue;
		replay_events(r, &tell);
		if (!replay_is_whole(r))
			replay_end(r, &fill);
	}
	if (m->whole.shard_of)
		merge_tell_missing(m);
	return merge_tell_finished(m);
}

/* ---- opening ------------------------------------------------------------ */

static int merge_open_replays(struct merge *m, struct err *err)
{
	uint32_t i;

	for (i = 0; i < m->n_sources; i++) {
		struct source *p = &m->sources[i];

		if (p->replay)
			replay_close(p->replay);
		p->replay = replay_open(p->fd, err);
		if (!p->replay)
			return err_wrap(err, "%s", p->path);
	}
	return 0;
}

static int merge_make_run(struct merge *m, const char *run_id,
			  struct err *err)
{
	const struct event_run *first = source_run(&m->sources[0]);
	uint64_t slots = 0, wall_ns = first->wall_ns;
	uint32_t i;

	for (i = 0; i < m->n_sources; i++)
		wall_ns = min_of(wall_ns, source_run(&m->sources[i])->wall_ns);
	m->t0_ns = replay_start_ns(m->sources[0].replay);
	for (i = 0; i < m->n_sources; i++) {
		struct source *p = &m->sources[i];

		p->first_slot = (uint32_t)slots;
		p->shift_ns = m->t0_ns - replay_start_ns(p->replay) +
			      source_run(p)->wall_ns - wall_ns;
		slots += source_run(p)->jobs;
	}
	if (slots > SLOTS_MAX)
		return err_set(err, -EINVAL, "more than %u workers in all",
			       SLOTS_MAX);
	m->run = (struct event_run){
		.listing = &m->listing,
		.plan = &m->plan,
		.run_id = run_id,
		.backend = listing_text(&m->listing, first->backend,
					strlen(first->backend)),
		.jobs_why = "merged",
		.plan_why = "",
		.host = listing_text(&m->listing, first->host,
				     strlen(first->host)),
		.wall_ns = wall_ns,
		.jobs = (uint32_t)slots,
		.isolate = first->isolate,
	};
	return 0;
}

static int merge_read(struct merge *m, const char *run_id, struct err *err)
{
	int ret = merge_open_replays(m, err);

	if (ret == 0)
		ret = merge_sort_shards(m, err);
	if (ret < 0)
		return ret;
	merge_make_listing(m);
	ret = merge_make_run(m, run_id, err);
	if (ret == 0)
		ret = merge_make_plan(m, err);
	if (ret < 0)
		return ret;
	merge_choose(m);
	/* Once to know who tells of what, once to tell. */
	return merge_open_replays(m, err);
}

static struct merge *merge_make(const int *fds, const char *const *paths,
				uint32_t n, const struct merge_pick *pick,
				const char *run_id, struct err *err)
{
	struct merge *m = mem_zalloc(sizeof(*m));
	uint32_t i;

	m->n_sources = n;
	m->pick = pick;
	m->tally.bad_suites = pick ? pick->bad_suites : 0;
	m->sources = mem_array(n, sizeof(*m->sources));
	for (i = 0; i < n; i++) {
		m->sources[i].fd = fds[i];
		m->sources[i].path = paths[i];
		m->sources[i].argument = i;
	}
	listing_init(&m->listing);
	plan_init(&m->plan);
	m->same.listing = &m->listing;
	if (merge_read(m, run_id, err) < 0) {
		merge_close(m);
		return NULL;
	}
	return m;
}

struct merge *merge_open(const int *fds, const char *const *paths, uint32_t n,
			 const char *run_id, struct err *err)
{
	return merge_make(fds, paths, n, NULL, run_id, err);
}

struct merge *merge_open_picked(const int *fd, const char *const *path,
				const struct merge_pick *pick,
				const char *run_id, struct err *err)
{
	return merge_make(fd, path, 1, pick, run_id, err);
}

void merge_close(struct merge *m)
{
	uint32_t i;

	for (i = 0; i < m->n_sources; i++) {
		if (m->sources[i].replay)
			replay_close(m->sources[i].replay);
		free(m->sources[i].same);
		free(m->sources[i].positions);
	}
	free(m->sources);
	free(m->winner);
	free(m->ended);
	free(m->picked);
	free(m->whole.shard_of);
	free(m->whole.n_tests);
	free(m->whole.is_there);
	partition_fini(&m->partition);
	str_fini(&m->why);
	same_fini(&m->same);
	plan_fini(&m->plan);
	listing_fini(&m->listing);
	free(m);
}
