/* SPDX-License-Identifier: MIT */
#include "record/merge_impl.h"

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

/* As it was in its own run: tests that failed go before it. */
static void merge_amend(const struct merge *m, struct event_finished *f)
{
	uint32_t i;

	if (f->exit_status != EXIT_PASSED && f->exit_status != EXIT_NOTHING &&
	    f->exit_status != EXIT_SKIPPED)
		return;
	for (i = 0; i < m->n_sources; i++) {
		if (m->sources[i].ignored || !m->sources[i].torn)
			continue;
		f->exit_status = EXIT_ENVIRONMENT;
		f->why = m->sources[i].torn;
	}
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
	merge_amend(m, f);
	sink_event(m->sink, &ev);
	return f->exit_status;
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
