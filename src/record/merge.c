/* SPDX-License-Identifier: MIT */
#include "record/merge_impl.h"

#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS_MAX 65535u

/* ---- who tells of which test ------------------------------------------- */

/* A teardown command that failed behind the tests is in no tally. */
static void source_note_end(struct source *p, const struct event_finished *f)
{
	const char *why;

	p->finished = *f;
	if (f->exit_status == EXIT_ENVIRONMENT &&
	    tally_exit(&f->tally, &why) != EXIT_ENVIRONMENT)
		p->torn = mem_strdup(f->why);
}

static void merge_note(void *ctx, const struct event *ev)
{
	struct merge *m = ctx;
	struct source *p = &m->sources[m->at];
	uint32_t position;
	bool ran;

	if (ev->kind == EVENT_RUN_FINISHED)
		source_note_end(p, &ev->finished);
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

const struct event_run *merge_run(const struct merge *m)
{
	return &m->run;
}

void merge_close(struct merge *m)
{
	uint32_t i;

	for (i = 0; i < m->n_sources; i++) {
		if (m->sources[i].replay)
			replay_close(m->sources[i].replay);
		free(m->sources[i].same);
		free(m->sources[i].positions);
		free(m->sources[i].torn);
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
