/* SPDX-License-Identifier: MIT */
#include "record/replay_impl.h"

#include "base/clock.h"
#include "base/mem.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct replay *replay_open(int fd, struct err *err)
{
	struct replay *r = mem_zalloc(sizeof(*r));
	struct unpack rest;

	listing_init(&r->listing);
	plan_init(&r->plan);
	if (frame_open(&r->frames, fd, err) < 0 ||
	    replay_read_head(r, &rest, err) < 0) {
		replay_close(r);
		return NULL;
	}
	/* The head is flushed when it ends. */
	r->is_bad = rest.left > 0;
	r->ended = mem_zalloc((size_t)r->plan.n_positions / 8 + 1);
	r->tally.selected = r->plan.n_positions;
	return r;
}

void replay_close(struct replay *r)
{
	frame_close(&r->frames);
	partition_fini(&r->partition);
	plan_fini(&r->plan);
	listing_fini(&r->listing);
	str_fini(&r->why);
	free(r->running);
	free(r->ended);
	free(r);
}

const struct event_run *replay_run(const struct replay *r)
{
	return &r->run;
}

uint64_t replay_start_ns(const struct replay *r)
{
	return r->t0_ns;
}

void replay_events(struct replay *r, const struct sink *sink)
{
	struct event ev = { .kind = EVENT_RUN_STARTED,
			    .now_ns = r->t0_ns,
			    .run = r->run };
	struct unpack payload;

	sink_event(sink, &ev);
	while (!r->has_finished && frame_next(&r->frames, &payload))
		replay_read_frame(r, &payload, sink);
}

/* ---- the end --------------------------------------------------------- */

static bool replay_is_damaged(const struct replay *r)
{
	return r->is_bad || r->frames.n_lost || r->frames.n_lost_bytes;
}

/* Of copies the plan says only how many there may be. */
static bool replay_agrees(const struct replay *r)
{
	const struct tally *a = &r->tally, *b = &r->finished.tally;

	return (r->plan.copies ? a->selected >= b->selected
			       : a->selected == b->selected) && tally_done(a) == tally_done(b) &&
	       a->leaks == b->leaks &&
	       memcmp(a->count, b->count, sizeof(a->count)) == 0 &&
	       memcmp(a->notrun, b->notrun, sizeof(a->notrun)) == 0;
}

bool replay_is_whole(const struct replay *r)
{
	return r->has_finished && !replay_is_damaged(r) && replay_agrees(r);
}

static void replay_tell_missing(struct replay *r, struct event *ev,
				const char *why, const struct sink *sink)
{
	struct note note = { .kind = NOTE_RUNNER, .file = "", .text = why };

	ev->test.exit_status = -1;
	ev->test.notes = &note;
	ev->test.n_notes = 1;
	replay_tell_test(r, ev, sink);
}

/* Those that were running when everything ended; how many. */
static uint32_t replay_tell_running(struct replay *r, const struct sink *sink)
{
	uint32_t n = 0;
	char why[96];
	size_t i;

	for (i = 0; i < r->n_running; i++) {
		const struct running *run = &r->running[i];
		struct event ev = { 0 };

		if (replay_has_ended(r, run->position))
			continue;
		snprintf(why, sizeof(why),
			 "was running in w%u when the run was killed",
			 run->slot);
		ev.test.position = run->position;
		ev.test.outcome = OUTCOME_ERROR;
		ev.test.slot = run->slot;
		ev.test.start_ns = r->running_ns - run->elapsed_ns;
		ev.test.duration_ns = r->now_ns - ev.test.start_ns;
		replay_tell_missing(r, &ev, why, sink);
		n++;
	}
	return n;
}

/* Volleys of copies up to the last of which something has ended: those behind
 * it never began, and are no tests.  Without copies, all there is. */
static uint32_t replay_count_volleys(const struct replay *r)
{
	uint32_t len = plan_list_len(&r->plan), most = 0, p;

	if (len == 0)
		return UINT32_MAX;
	for (p = 0; p < r->plan.n_positions; p++)
		if (replay_has_ended(r, p))
			most = max_of(most, p % len + 1);
	return most;
}

static bool replay_is_withdrawn(const struct replay *r, uint32_t position,
				uint32_t n_volleys)
{
	return r->plan.copies &&
	       position % plan_list_len(&r->plan) >= n_volleys;
}

/* What is damaged may have held any result: no test is called unstarted. */
static void replay_tell_rest(struct replay *r, const struct sink *sink)
{
	bool damaged = replay_is_damaged(r) || r->has_finished;
	uint32_t n_volleys = replay_count_volleys(r), p;

	for (p = 0; p < r->plan.n_positions; p++) {
		struct event ev = { 0 };

		if (replay_has_ended(r, p))
			continue;
		if (replay_is_withdrawn(r, p, n_volleys)) {
			r->tally.selected--;
			continue;
		}
		ev.test.position = p;
		ev.test.outcome = damaged ? OUTCOME_ERROR : OUTCOME_NOTRUN;
		ev.test.notrun = damaged ? NOTRUN_NONE : NOTRUN_INTERRUPTED;
		replay_tell_missing(r, &ev,
				    damaged ? "its result is not in the "
					      "recording, which is damaged"
					    : "had not ended when the run was "
					      "killed", sink);
	}
}

static void replay_describe(const struct replay *r, uint32_t n_running,
			    struct str *out)
{
	const struct frame_reader *f = &r->frames;

	if (replay_is_damaged(r))
		str_addf(out, "the recording is damaged: %" PRIu64
			 " bytes and %u frames cannot be used", f->n_lost_bytes,
			 max_of(f->n_lost, r->is_bad));
	else if (r->has_finished)
		str_add(out, "the recording contradicts itself");
	if (r->has_finished)
		return;
	str_addf(out, "%sthe recording has no end: the run was killed while "
		 "%u test%s ran", out->len ? "; " : "", n_running,
		 n_running == 1 ? "" : "s");
}

static void replay_tell_wrong(struct replay *r, uint32_t n_running,
			      const struct sink *sink)
{
	struct event ev = { .kind = EVENT_WARNING, .now_ns = r->now_ns };
	struct str text = STR_INIT;

	replay_describe(r, n_running, &text);
	ev.text = str_get(&text);
	sink_event(sink, &ev);
	str_fini(&text);
}

int replay_end(struct replay *r, const struct sink *sink)
{
	struct event ev = { .kind = EVENT_RUN_FINISHED };
	uint32_t n_running = 0;

	if (!replay_is_whole(r)) {
		if (!r->has_finished)
			n_running = replay_tell_running(r, sink);
		replay_tell_rest(r, sink);
		replay_tell_wrong(r, n_running, sink);
		r->tally.untrusted = true;
		r->finished = (struct event_finished){
			.tally = r->tally,
			.elapsed_ns = r->now_ns - r->t0_ns,
			.why = replay_is_damaged(r)
				       ? "the recording is damaged"
				       : "the recording has no end: the run "
					 "was killed",
			.exit_status = EXIT_UNTRUSTED,
		};
	}
	ev.now_ns = r->now_ns;
	ev.finished = r->finished;
	sink_event(sink, &ev);
	return r->finished.exit_status;
}
