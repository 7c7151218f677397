/* SPDX-License-Identifier: MIT */
/* Recordings of shards: which belong together, which attempt counts, and what
 * none of them has (SHARD-3, RTY-9). */
#include "record/merge_impl.h"

#include "base/mem.h"
#include "record/shards.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- belonging together ------------------------------------------------- */

/* By shard, then by when they began: a later attempt stands behind. */
static int source_order(const void *va, const void *vb)
{
	const struct source *a = va, *b = vb;
	const struct event_run *ra = source_run(a), *rb = source_run(b);

	if (ra->partition->number != rb->partition->number)
		return ra->partition->number < rb->partition->number ? -1 : 1;
	if (ra->wall_ns != rb->wall_ns)
		return ra->wall_ns < rb->wall_ns ? -1 : 1;
	return a->argument < b->argument ? -1 : 1;
}

int merge_sort_shards(struct merge *m, struct err *err)
{
	struct shards_run *runs = mem_array(m->n_sources, sizeof(*runs));
	uint32_t i;
	int ret;

	for (i = 0; i < m->n_sources; i++)
		runs[i] = (struct shards_run){ source_run(&m->sources[i]),
					       m->sources[i].path };
	ret = shards_check(runs, m->n_sources, err);
	free(runs);
	if (ret == 0 && merge_whole(m))
		qsort(m->sources, m->n_sources, sizeof(*m->sources),
		      source_order);
	return ret;
}

/* ---- one plan ------------------------------------------------------------ */

bool source_owns(const struct merge *m, const struct source *p,
		 uint32_t position)
{
	return position != NOBODY && m->whole.shard_of[position] ==
					     source_run(p)->partition->number;
}

/* One turn of all shards, in the order of the selection. */
static void whole_place(struct merge *m, const struct partition *of,
			struct places *places, uint32_t turn)
{
	uint32_t i, k;

	for (i = 0; i < of->n_shares; i++) {
		const struct share *s = &of->shares[i];
		uint32_t test = m->sources[0].same[s->test_ix];
		uint32_t *at = &places->positions[
			turn * places->n + places->first[test] + s->index];

		plan_begin_turn(&m->plan, turn);
		for (k = 0; k < s->count; k++) {
			if (at[k] != NOBODY)
				continue;
			at[k] = m->plan.n_positions;
			m->whole.shard_of[at[k]] = s->shard;
			m->whole.n_tests[s->shard]++;
			plan_add(&m->plan, test, s->index + k, 1);
		}
	}
}

void merge_place_whole(struct merge *m, const struct partition *of,
		       struct places *places)
{
	uint32_t turn;

	m->whole.total = of->total;
	m->whole.shard_of = mem_array(places->n * places->n_turns + 1,
				      sizeof(*m->whole.shard_of));
	m->whole.n_tests = mem_array((size_t)of->total + 1,
				     sizeof(*m->whole.n_tests));
	m->whole.is_there = mem_array((size_t)of->total + 1,
				      sizeof(*m->whole.is_there));
	for (turn = 0; turn < of->n_times; turn++)
		whole_place(m, of, places, turn);
}

void merge_keep_partition(struct merge *m)
{
	const struct partition *of = source_run(&m->sources[0])->partition;
	uint32_t i;

	if (!of)
		return;
	m->partition = (struct partition){ .number = of->number,
					   .total = of->total,
					   .n_times = of->n_times,
					   .id = of->id };
	for (i = 0; i < of->n_shares; i++) {
		struct share share = of->shares[i];

		share.test_ix = m->sources[0].same[share.test_ix];
		partition_add(&m->partition, &share);
	}
	m->run.partition = &m->partition;
}

/* ---- attempts ------------------------------------------------------------ */

/* Has it all of its shard, and was not interrupted? */
static bool source_is_complete(const struct merge *m, const struct source *p)
{
	const struct event_run *run = source_run(p);

	return replay_is_whole(p->replay) && !p->finished.signo &&
	       run->plan->n_positions ==
		       m->whole.n_tests[run->partition->number];
}

void merge_choose_attempts(struct merge *m)
{
	uint32_t n = m->whole.total, i;
	uint32_t *best = mem_alloc((n + (size_t)1) * sizeof(*best));

	memset(best, 0xff, (n + (size_t)1) * sizeof(*best));
	for (i = 0; i < m->n_sources; i++) {
		uint32_t shard = source_run(&m->sources[i])->partition->number;

		m->whole.is_there[shard] = true;
		if (source_is_complete(m, &m->sources[i]))
			best[shard] = i;
	}
	for (i = 0; i < m->n_sources; i++) {
		uint32_t shard = source_run(&m->sources[i])->partition->number;

		m->sources[i].ignored = best[shard] != NOBODY &&
					best[shard] != i;
	}
	for (i = 0; i < m->plan.n_positions; i++)
		if (best[m->whole.shard_of[i]] != NOBODY)
			m->winner[i] = best[m->whole.shard_of[i]];
	free(best);
}

/* ---- what no recording has ----------------------------------------------- */

static void merge_tell_missing_shards(struct merge *m)
{
	uint32_t n = m->whole.total, i;
	struct str text = STR_INIT;
	struct event ev = { .kind = EVENT_WARNING, .now_ns = m->last_ns };

	for (i = 1; i <= n; i++) {
		if (m->whole.is_there[i])
			continue;
		m->whole.n_missing++;
		m->tally.untrusted = true;
		str_clear(&text);
		str_addf(&text, "shard %u/%u is missing, and with it %" PRIu64
			 " test%s", i, n, m->whole.n_tests[i],
			 m->whole.n_tests[i] == 1 ? "" : "s");
		ev.text = str_get(&text);
		sink_event(m->sink, &ev);
	}
	str_fini(&text);
}

static void merge_tell_missing_test(struct merge *m, uint32_t position,
				    struct instance at)
{
	struct note note = { .kind = NOTE_RUNNER, .file = "" };
	struct event ev = { .kind = EVENT_TEST_FINISHED,
			    .now_ns = m->last_ns };
	char why[96];

	snprintf(why, sizeof(why), "was to run in shard %u/%u, of which no "
		 "recording has it", m->whole.shard_of[position],
		 m->whole.total);
	note.text = why;
	ev.test = (struct event_test){ .position = position,
				       .test_ix = at.test_ix,
				       .index = at.index,
				       .outcome = OUTCOME_ERROR,
				       .exit_status = -1,
				       .notes = &note,
				       .n_notes = 1 };
	m->whole.n_lost++;
	m->tally.untrusted = true;
	tally_add(&m->tally, OUTCOME_ERROR, NOTRUN_NONE, false);
	sink_event(m->sink, &ev);
}

void merge_tell_missing(struct merge *m)
{
	uint32_t hint = 0, i;

	merge_tell_missing_shards(m);
	for (i = 0; i < m->plan.n_positions; i++) {
		struct instance at = plan_at_near(&m->plan, i, &hint);

		if (m->winner[i] == NOBODY)
			merge_tell_missing_test(m, i, at);
	}
}

const char *merge_why(struct merge *m)
{
	if (m->whole.n_missing == 0 && m->whole.n_lost == 0)
		return "some test has an end in none of the recordings, or "
		       "one of them cannot be trusted";
	str_addf(&m->why, "of %u shards %u %s missing, and with %s %" PRIu64
		 " test%s", m->whole.total, m->whole.n_missing,
		 m->whole.n_missing == 1 ? "is" : "are",
		 m->whole.n_missing == 1 ? "it" : "them", m->whole.n_lost,
		 m->whole.n_lost == 1 ? "" : "s");
	return str_get(&m->why);
}
