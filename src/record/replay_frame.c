/* SPDX-License-Identifier: MIT */
/* replay_frame.c - records of what happened, one by one, to events. */
#include "record/replay_impl.h"

#include "base/mem.h"
#include "record/kind.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

static void frame_read_now(struct replay *r, struct unpack *u)
{
	r->now_ns = r->t0_ns + unpack_uint(u);
}

static uint32_t frame_read_position(struct replay *r, struct unpack *u)
{
	return unpack_below(u, r->plan.n_positions);
}

/* Reports have as much for each slot as there are. */
static uint16_t frame_read_slot(struct replay *r, struct unpack *u)
{
	return (uint16_t)unpack_below(u, r->run.jobs);
}

static uint16_t frame_read_generation(struct unpack *u)
{
	return (uint16_t)unpack_below(u, UINT16_MAX + 1);
}

static void frame_tell(struct replay *r, struct event *ev,
		       const struct sink *sink)
{
	ev->now_ns = r->now_ns;
	sink_event(sink, ev);
}

/* With what was said of it beforehand. */
static void frame_tell_attempt(struct replay *r, struct event *ev,
			       const struct sink *sink)
{
	struct event_test *t = &ev->test;
	struct instance at = plan_at(&r->plan, t->position);

	if (r->has_usage && r->usage_position == t->position)
		t->usage = &r->usage;
	r->has_usage = false;
	if (r->has_fault && r->fault_position == t->position)
		t->fault = &r->fault;
	r->has_fault = false;
	if (r->tries && r->tries_position == t->position) {
		t->tries = r->tries;
		t->n_failed = r->n_failed;
	}
	r->tries = 0;
	t->test_ix = at.test_ix;
	t->index = at.index;
	frame_tell(r, ev, sink);
}

void replay_tell_test(struct replay *r, struct event *ev,
		      const struct sink *sink)
{
	struct event_test *t = &ev->test;

	if (replay_has_ended(r, t->position)) {
		r->is_bad = true;
		return;
	}
	r->ended[t->position / 8] |= (uint8_t)(1u << t->position % 8);
	tally_add(&r->tally, t->outcome, t->notrun, t->leak);
	ev->kind = EVENT_TEST_FINISHED;
	frame_tell_attempt(r, ev, sink);
}

/* An attempt beside the one that decides. */
static void frame_tell_other(struct replay *r, struct event *ev,
			     enum event_kind kind, const struct sink *sink)
{
	r->tally.retries += kind == EVENT_TEST_RETRIED;
	ev->kind = kind;
	frame_tell_attempt(r, ev, sink);
}

/* ---- tests ----------------------------------------------------------- */

static uint32_t frame_read_count(struct unpack *u)
{
	uint32_t count;

	if (u->left < sizeof(count)) {
		u->bad = true;
		return 0;
	}
	memcpy(&count, u->at, sizeof(count));
	u->at += sizeof(count);
	u->left -= sizeof(count);
	return le32toh(count);
}

static void frame_read_passes(struct replay *r, struct unpack *u,
			      const struct sink *sink)
{
	uint16_t slot = frame_read_slot(r, u);
	uint16_t generation = frame_read_generation(u);
	uint64_t position = frame_read_position(r, u), end_ns = r->t0_ns;
	uint32_t count = frame_read_count(u);

	for (; count > 0 && !u->bad; count--, position++) {
		uint64_t start_ns = end_ns + (uint64_t)unpack_int(u);
		uint64_t duration_ns = unpack_uint(u);
		struct event ev = { .test = { .position = (uint32_t)position,
					      .outcome = OUTCOME_PASS,
					      .slot = slot,
					      .generation = generation,
					      .start_ns = start_ns,
					      .duration_ns = duration_ns,
					      .exit_status = -1 } };

		if (u->bad || position >= r->plan.n_positions) {
			u->bad = true;
			return;
		}
		replay_tell_test(r, &ev, sink);
		end_ns = start_ns + duration_ns;
	}
}

static void frame_read_notes(struct unpack *u, struct event_test *t,
			     struct note *notes)
{
	size_t n = unpack_below(u, REPLAY_NOTES_MAX + 1), i;

	t->notes = notes;
	for (i = 0; i < n && !u->bad; i++) {
		notes[i].kind =
			(enum note_kind)unpack_below(u, N_NOTE_KINDS);
		notes[i].line = unpack_below(u, (uint64_t)UINT32_MAX + 1);
		notes[i].file = unpack_text(u);
		notes[i].text = unpack_text(u);
		/* Points are the last. */
		if (!note_is_point(notes[i].kind))
			t->n_notes = i + 1;
	}
	t->points = notes + t->n_notes;
	t->n_points = u->bad ? 0 : n - t->n_notes;
}

static void frame_read_output(struct unpack *u, struct output *out)
{
	out->total = unpack_uint(u);
	out->head = unpack_bytes(u, &out->head_len);
	out->tail = unpack_bytes(u, &out->tail_len);
	if (out->total < out->head_len + out->tail_len)
		u->bad = true;
}

static void frame_read_end(struct replay *r, struct unpack *u,
			   const struct sink *sink, enum event_kind kind)
{
	struct note notes[REPLAY_NOTES_MAX];
	struct event ev = { 0 };
	struct event_test *t = &ev.test;

	t->position = frame_read_position(r, u);
	t->outcome = (enum outcome)unpack_below(u, N_OUTCOMES);
	t->notrun = (enum notrun)unpack_below(u, N_NOTRUNS);
	t->leak = unpack_below(u, 2);
	t->attempt = (uint8_t)unpack_below(u, UINT8_MAX + 1);
	t->slot = frame_read_slot(r, u);
	t->generation = frame_read_generation(u);
	t->start_ns = r->t0_ns + (uint64_t)unpack_int(u);
	t->duration_ns = unpack_uint(u);
	t->signo = (int)unpack_below(u, 128);
	t->exit_status = (int)unpack_int(u);
	t->n_failures = unpack_below(u, (uint64_t)UINT32_MAX + 1);
	frame_read_notes(u, t, notes);
	frame_read_output(u, &t->output);
	if (t->outcome == OUTCOME_NONE ||
	    (kind == EVENT_TEST_RETRIED &&
	     !outcome_is_failure(t->outcome)))
		u->bad = true;
	if (u->bad)
		return;
	if (kind == EVENT_TEST_FINISHED)
		replay_tell_test(r, &ev, sink);
	else
		frame_tell_other(r, &ev, kind, sink);
}

/* ---- the rest -------------------------------------------------------- */

static void frame_read_slow(struct replay *r, struct unpack *u,
			    const struct sink *sink)
{
	struct event ev = { .kind = EVENT_TEST_SLOW };

	ev.slow.position = frame_read_position(r, u);
	ev.slow.slot = frame_read_slot(r, u);
	ev.slow.elapsed_ns = unpack_uint(u);
	if (!u->bad)
		frame_tell(r, &ev, sink);
}

static void frame_read_fixture(struct replay *r, struct unpack *u,
			       const struct sink *sink)
{
	struct event ev = { .kind = EVENT_FIXTURE_ENDED };
	struct event_fixture *f = &ev.fixture;

	f->test_ix = unpack_below(u, r->listing.n_tests);
	f->kind = (enum fixture_kind)unpack_below(u, N_FIXTURE_KINDS);
	f->teardown = unpack_below(u, 2);
	f->slot = frame_read_slot(r, u);
	f->generation = frame_read_generation(u);
	f->start_ns = r->t0_ns + (uint64_t)unpack_int(u);
	f->duration_ns = unpack_uint(u);
	if (!u->bad)
		frame_tell(r, &ev, sink);
}

static void frame_read_lost(struct replay *r, struct unpack *u,
			    const struct sink *sink)
{
	struct event ev = { .kind = EVENT_WORKER_LOST };

	ev.worker.slot = frame_read_slot(r, u);
	ev.worker.generation = frame_read_generation(u);
	ev.worker.why = unpack_text(u);
	if (u->bad)
		return;
	r->tally.lost_workers++;
	frame_tell(r, &ev, sink);
}

static void frame_read_text(struct replay *r, enum event_kind kind,
			    struct unpack *u, const struct sink *sink)
{
	struct event ev = { .kind = kind, .text = unpack_text(u) };

	if (!u->bad)
		frame_tell(r, &ev, sink);
}

static void frame_read_paused(struct replay *r, struct unpack *u,
			      const struct sink *sink)
{
	struct event ev = { .kind = EVENT_PAUSED,
			    .paused_ns = unpack_uint(u) };

	if (!u->bad)
		frame_tell(r, &ev, sink);
}

static void frame_read_running(struct replay *r, struct unpack *u)
{
	uint32_t n = unpack_below(u, REPLAY_SLOTS_MAX), i;
	struct running *running;

	if (u->bad || n > u->left) {
		u->bad = true;
		return;
	}
	running = mem_array(n + 1, sizeof(*running));
	for (i = 0; i < n; i++) {
		running[i].position = frame_read_position(r, u);
		running[i].slot = frame_read_slot(r, u);
		running[i].elapsed_ns = r->now_ns - r->t0_ns -
					(uint64_t)unpack_int(u);
	}
	free(r->running);
	r->running = running;
	r->running_ns = r->now_ns;
	r->n_running = u->bad ? 0 : n;
}

/* There may be fewer than this program knows. */
static void frame_read_counts(struct unpack *u, uint64_t *counts, uint32_t max)
{
	uint32_t n = unpack_below(u, (uint64_t)max + 1), i;

	for (i = 0; i < n; i++)
		counts[i] = unpack_uint(u);
}

static void frame_read_tally(struct unpack *u, struct tally *t)
{
	t->selected = unpack_uint(u);
	frame_read_counts(u, t->count, N_OUTCOMES);
	frame_read_counts(u, t->notrun, N_NOTRUNS);
	t->leaks = unpack_uint(u);
	t->lost_workers = unpack_uint(u);
	t->bad_suites = unpack_uint(u);
	t->suite_errors = unpack_uint(u);
	t->untrusted = unpack_below(u, 2);
	t->environment = unpack_below(u, 2);
	t->skip_exit = unpack_below(u, 2);
	t->signo = (int)unpack_below(u, 128);
	/* Older programs knew no retries; the tally is the last of a frame. */
	if (u->left == 0)
		return;
	t->flaky_fails = unpack_below(u, 2);
	t->retries = unpack_uint(u);
}

static void frame_read_finished(struct replay *r, struct unpack *u)
{
	struct event_finished *f = &r->finished;

	f->elapsed_ns = unpack_uint(u);
	f->exit_status = (int)unpack_below(u, 256);
	f->signo = (int)unpack_below(u, 128);
	str_clear(&r->why);
	str_add(&r->why, unpack_text(u));
	f->why = str_get(&r->why);
	frame_read_tally(u, &f->tally);
	r->has_finished = !u->bad;
}

static uint32_t frame_read_u32(struct unpack *u)
{
	return unpack_below(u, (uint64_t)UINT32_MAX + 1);
}

static void frame_read_usage(struct replay *r, struct unpack *u)
{
	r->usage_position = frame_read_position(r, u);
	r->usage.user_ns = unpack_uint(u);
	r->usage.system_ns = unpack_uint(u);
	r->usage.peak_kib = frame_read_u32(u);
	r->usage.minor_faults = frame_read_u32(u);
	r->usage.major_faults = frame_read_u32(u);
	r->usage.switches = frame_read_u32(u);
	r->usage.preemptions = frame_read_u32(u);
	r->has_usage = !u->bad;
}

static void frame_read_fault(struct replay *r, struct unpack *u)
{
	r->fault_position = frame_read_position(r, u);
	r->fault.code = (int)unpack_int(u);
	r->fault.address = unpack_uint(u);
	r->has_fault = !u->bad;
}

static void frame_read_tries(struct replay *r, struct unpack *u)
{
	r->tries_position = frame_read_position(r, u);
	r->n_failed = (uint8_t)unpack_below(u, UINT8_MAX);
	r->tries = (uint8_t)unpack_below(u, UINT8_MAX + 1);
	if (r->tries <= r->n_failed)
		u->bad = true;
}

static void frame_read_record(struct replay *r, enum kind kind,
			      struct unpack *u, const struct sink *sink)
{
	if (kind == KIND_USAGE) {
		frame_read_usage(r, u);
		return;
	}
	if (kind == KIND_FAULT) {
		frame_read_fault(r, u);
		return;
	}
	if (kind == KIND_TRIES) {
		frame_read_tries(r, u);
		return;
	}
	frame_read_now(r, u);
	switch (kind) {
	case KIND_PASSES:
		frame_read_passes(r, u, sink);
		break;
	case KIND_END:
		frame_read_end(r, u, sink, EVENT_TEST_FINISHED);
		break;
	case KIND_RETRIED:
		frame_read_end(r, u, sink, EVENT_TEST_RETRIED);
		break;
	case KIND_RECHECKED:
		frame_read_end(r, u, sink, EVENT_TEST_RECHECKED);
		break;
	case KIND_RERUN:
		frame_read_end(r, u, sink, EVENT_TEST_RERUN);
		break;
	case KIND_SLOW:
		frame_read_slow(r, u, sink);
		break;
	case KIND_FIXTURE:
		frame_read_fixture(r, u, sink);
		break;
	case KIND_LOST:
		frame_read_lost(r, u, sink);
		break;
	case KIND_RUNNING:
		frame_read_running(r, u);
		break;
	case KIND_WARNING:
		frame_read_text(r, EVENT_WARNING, u, sink);
		break;
	case KIND_CANCELLED:
		frame_read_text(r, EVENT_RUN_CANCELLED, u, sink);
		break;
	case KIND_FINISHED:
		frame_read_finished(r, u);
		break;
	case KIND_PAUSED:
		frame_read_paused(r, u, sink);
		break;
	case KIND_USAGE: /* these have no time of their own */
	case KIND_FAULT:
	case KIND_TRIES:
	case KIND_NONE:
	case KIND_RUN:
	case KIND_SUITE:
	case KIND_TEST:
	case KIND_SEGMENT:
	case KIND_BOUND:
	case KIND_GATED:
	case KIND_LATE:
	case KIND_PLANNED:
	case KIND_TIMES:
	case KIND_TURN:
	case KIND_SHARD:
	case KIND_SHARE:
	case KIND_COPIES:
	case N_KINDS:
		u->bad = true;
		break;
	}
}

void replay_read_frame(struct replay *r, struct unpack *u,
		       const struct sink *sink)
{
	while (u->left > 0 && !u->bad && !r->has_finished) {
		enum kind kind = (enum kind)unpack_below(u, N_KINDS);

		frame_read_record(r, kind, u, sink);
	}
	if (u->bad)
		r->is_bad = true;
}
