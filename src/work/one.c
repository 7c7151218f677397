/* SPDX-License-Identifier: MIT */
#include "work/one.h"

#include "base/clock.h"
#include "base/point.h"
#include "base/probe.h"
#include "base/sys.h"
#include "model/plan.h"
#include "work/body.h"
#include "work/capture.h"
#include "work/child.h"
#include "work/doorbell.h"
#include "work/debug.h"
#include "work/exec.h"
#include "work/folder.h"
#include "work/holding.h"
#include "work/leftover.h"
#include "work/meter.h"
#include "work/onset.h"
#include "work/processor.h"
#include "work/stage.h"
#include "work/stopwatch.h"
#include "work/variables.h"
#include "work/worker.h"

#include <stdlib.h>
#include <unistd.h>

/* A test that took less cannot have made a process, nor closed many
 * descriptors: a fork takes 50 us and more. */
#define INSPECT_NS (3 * NS_PER_US)
/* Nor anything in its folder: the fastest, link(2), takes 0.9 us and a look
 * 0.4 (decision 0034). */
#define FOLDER_NS 500
/* Nor has it started a thread that lives on. */
#define THREAD_NS (8 * NS_PER_US)

/* What stands at a position.  The catalog is sealed: it is believed. */
hot_path static void one_look_up(struct worker *w, uint32_t position, struct errand *e)
{
	const struct catalog_header *h = w->catalog.header;
	const struct segment *s = &w->catalog.segments[w->segment];
	uint32_t end = w->segment + 1 < h->n_segments ? s[1].position
						      : h->n_positions;
	struct instance at;

	if (unlikely(position < s->position || position >= end)) {
		w->segment = plan_segment(w->catalog.segments, h->n_segments,
					  position);
		s = &w->catalog.segments[w->segment];
	}
	e->position = position;
	e->iteration = 1;
	if (unlikely(h->n_turns))
		e->iteration += turn_at(w->catalog.turns, h->n_turns, position);
	at = segment_at(s, position);
	e->index = at.index;
	e->entry = &w->catalog.tests[at.test_ix];
	e->suite = w->suites[e->entry->suite_ix];
	e->test = &e->suite->tests[e->entry->entry_ix];
	e->name = e->test->name;
}

/* Code of the suite is about to run in this very process: it may fill stdio's
 * buffers, load libraries, register handlers. */
hot_path static void one_soil(struct worker *w)
{
	processor_free();
	w->dirty = true;
	w->plain_fork = false;
}

/* In a process of its own. */
hot_path static void one_in_child(struct worker *w, const struct errand *e,
				  struct finding *f)
{
	if (e->entry->isolate == ISOLATE_FORK) {
		child_run(w, e, f);
		return;
	}
	processor_free();
	exec_run(w, e, f);
}

static enum outcome one_run_unusual(struct worker *w, const struct errand *e)
{
	enum outcome outcome;

	if (w->unusual & UNUSUAL_FORWARDS)
		child_unforward(w);
	if (w->unusual & UNUSUAL_DEBUGGED)
		debug_wait(e);
	if (w->unusual & UNUSUAL_ONSET)
		onset_note(w, onset_await(w));
	if (!(w->unusual & UNUSUAL_LEAKS))
		return body_run(e);
	outcome = body_run_watched(e);
	/* They would be found again, in the next test. */
	if (outcome == OUTCOME_FAIL)
		w->retire = true;
	return outcome;
}

/* Apart, so that others do not make room for what it needs. */
__attribute__((noinline)) static void one_begin_turn(struct worker *w,
						     const struct errand *e)
{
	stage_iterate(e->iteration);
	onset_set(w, e->entry->isolate != ISOLATE_WORKER);
}

/* ready: its shared fixtures are up. */
hot_path static void one_in_tier(struct worker *w, const struct errand *e,
				 bool ready, struct finding *f)
{
	bool forks = e->entry->isolate != ISOLATE_WORKER;

	if (unlikely(w->holds)) {
		holding_load(w, e);
		variables_set_unit(!forks);
	}
	stage_begin(e->position, e->index, e->attempt, e->name,
		    e->entry->indexed);
	if (unlikely(w->catalog.header->n_turns))
		one_begin_turn(w, e);
	if (!forks || (!ready && e->suite->n_fixtures))
		one_soil(w);
	/* A worker has nothing ready before its first test. */
	if (unlikely(!ready) && (!folder_is_there() || !fixture_enter(w, e))) {
		f->outcome = OUTCOME_ERROR;
		f->n_failures = stage_failures();
		f->unentered = true;
		return;
	}
	if (forks) {
		one_in_child(w, e, f);
		return;
	}
	f->outcome = unlikely(w->unusual) ? one_run_unusual(w, e) : body_run(e);
	f->n_failures = stage_failures();
}

/* A sanitizer's runtime starts it beside the first of a test; it stays. */
static bool one_is_runtimes_thread(struct worker *w)
{
	bool late = w->late_thread;

	w->late_thread = false;
	if (late)
		leftover_accept(false);
	return late;
}

/* The closer look at what a test may have done to its worker. */
static void one_inspect(struct worker *w, const struct errand *e,
			uint64_t duration_ns, struct finding *f)
{
	struct leftovers l;

	/* A child that the test forked and that came back (PIT-2): it has no
	 * arena and is nobody. */
	if (!stage_is_own())
		_exit(1);
	l = leftover_clean(true);
	/* A report may have needed a program that looks up names. */
	f->leak = l.found &&
		  !(w->has_runtime && outcome_is_failure(f->outcome));
	if (unlikely(l.stuck))
		w->retire = true;
	if (e->entry->isolate != ISOLATE_WORKER)
		return;
	meter_worker(w, w->now_ns - duration_ns);
	if (duration_ns >= THREAD_NS)
		capture_inspect(w);
	/* It would hit the next test. */
	if (alarm(0))
		w->retire = true;
	if (duration_ns >= THREAD_NS && leftover_has_threads() &&
	    !one_is_runtimes_thread(w)) {
		f->leak = f->has_threads = w->retire = true;
		leftover_name_threads();
	}
}

hot_path static void one_look(struct worker *w, const struct errand *e,
			      uint64_t duration_ns, struct finding *f)
{
	if (duration_ns >= INSPECT_NS)
		one_inspect(w, e, duration_ns, f);
	/* Whoever could still write there has gone. */
	folder_end(w, f);
	/* Looking is not the next test's time, which would be looked at, too. */
	w->now_ns = clock_now_ns();
}

/* Of an attempt, without its fixtures. */
struct span {
	uint64_t start_ns, end_ns;
};

hot_path static void one_record(struct worker *w, const struct errand *e,
		       const struct finding *f, struct span span)
{
	struct record record = {
		.position = e->position,
		.slot = (uint16_t)w->slot,
		.generation = (uint16_t)w->generation,
		.outcome = (uint8_t)f->outcome,
		.leak = f->leak,
		.attempt = (uint8_t)e->attempt,
		.n_failures = (uint16_t)min_of(f->n_failures, UINT16_MAX),
		.start_ns = span.start_ns,
		.duration_ns = span.end_ns - span.start_ns,
		.output = w->capture.begin,
		.output_end = w->capture.stop,
		.signo = (uint8_t)f->signo,
		.exit_status = (int16_t)f->exit_status,
	};

	/* Only a test that did not pass, or not cleanly, can have left notes,
	 * or a program, or whose folder is kept. */
	if (unlikely(f->outcome != OUTCOME_PASS || f->leak ||
		     f->has_notes)) {
		off_t end = lseek(w->notes_fd, 0, SEEK_END);

		record.notes_end = end < 0 ? 0 : (uint64_t)end;
	}
	if (unlikely(w->meter.known))
		meter_tell(w, e->position);
	while (unlikely(!results_has_room(&w->results)))
		doorbell_wait_for_room(w);
	probe3(test__done, record.position, record.outcome,
	       record.duration_ns);
	point(before_push);
	results_push_sp(&w->results, &record);
	point(after_push);
	/* Behind the record: the runner finds the failure that the stop is
	 * for, and judges it likewise (collect.c). */
	if (unlikely(outcome_is_failure(f->outcome) || f->n_failures))
		gate_count_failure(w->arena.gate, w->catalog.header->max_fail);
	doorbell_after_push(w);
}

hot_path static void one_execute(struct worker *w, struct errand *e)
{
	struct current_word run = { .position = e->position,
				    .phase = PHASE_RUN };
	struct finding f = { .exit_status = -1 };
	uint64_t start_ns, end_ns;
	bool ready;

	one_look_up(w, e->position, e);
	ready = fixture_is_ready(w, e);
	if (unlikely(!ready)) {
		processor_free();
		/* Not the next test's time, nor its fault. */
		fixture_leave_other(w, e);
		fixture_await_run(w, e);
		folder_prepare(w);
		w->now_ns = clock_now_ns();
		ready = fixture_is_ready(w, e);
	}
	start_ns = w->now_ns;
	run.seq = w->claim.seq;
	atom64_store_relaxed(&w->self->start_ns, start_ns); /* C5 */
	point(before_run);
	current_store(&w->self->current, run); /* C6 */
	probe2(test__start, e->position, w->slot);
	one_in_tier(w, e, ready, &f);
	w->now_ns = end_ns = clock_now_ns();
	if (unlikely(end_ns - start_ns >= FOLDER_NS))
		one_look(w, e, end_ns - start_ns, &f);
	capture_end(w, end_ns - start_ns);
	point(before_fin);
	if (!current_try_end(&w->self->current, run, PHASE_FIN, f.outcome)) {
		/* C7: the runner has decided that it ran out of time, and
		 * judges when this process is gone. */
		meter_tell(w, e->position);
		_exit(0);
	}
	point(after_fin);
	start_ns += stopwatch_take(w);
	one_record(w, e, &f, (struct span){ start_ns, end_ns });
	capture_begin(w);
	run.phase = PHASE_IDLE;
	current_store(&w->self->current, run); /* C8 */
	if (unlikely(--w->n_left == 0))
		w->retire = true;
	if (f.outcome != OUTCOME_PASS && f.outcome != OUTCOME_SKIP &&
	    !f.unentered && w->catalog.header->recycle_on_failure &&
	    e->entry->isolate == ISOLATE_WORKER)
		w->retire = true;
}

/* A unit that was handed out twice, by a sweep that found it between the hands
 * of somebody who lives: all but the one who runs it drop it, so never do two
 * of its tests run at once.  One that is PENDING again was claimed by somebody
 * who died, whose successor has it now. */
static void one_leave_to_others(struct worker *w, uint32_t position)
{
	struct state_word seen =
		state_unpack(state_load(&w->arena.states[position]));

	if (seen.state != STATE_DONE && claim_is_bound(&w->claim))
		claim_drop_bound(&w->claim);
}

hot_path void one_run(struct worker *w, uint32_t position)
{
	struct errand e = { .position = position };

	point(before_claim);
	/* Between the take and the start (SHM-5): it stays PENDING. */
	if (unlikely(gate_is_stopped(w->arena.gate)))
		return;
	if (unlikely(!state_try_claim(&w->arena.states[position], w->slot,
				      w->generation, &e.attempt))) {
		one_leave_to_others(w, position);
		return;
	}
	probe2(claim, position, w->slot);
	point(after_claim);
	one_execute(w, &e);
	/* What the runner handed out itself may hold a lock that others wait
	 * for: it hears at once that a unit has ended (LOCK-3). */
	if (unlikely(position >= w->catalog.header->ring_from) &&
	    position < w->catalog.header->ring_to && !claim_is_bound(&w->claim))
		doorbell_ring(w);
}
