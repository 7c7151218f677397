/* SPDX-License-Identifier: MIT */
#include "work/work.h"

#include "base/clock.h"
#include "base/point.h"
#include "base/probe.h"
#include "base/sys.h"
#include "shm/wire.h"
#include "work/counters.h"
#include "work/door.h"
#include "work/doorbell.h"
#include "work/folder.h"
#include "work/guard.h"
#include "work/meter.h"
#include "work/one.h"
#include "work/processor.h"
#include "work/serve.h"
#include "work/stage.h"
#include "work/worker.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

/* A wake-up that is lost costs about so much, whoever it was for (ACC-2). */
#define TURN_NS (100 * NS_PER_MS)

static const struct gate_ops work_gate_ops = {
	.wait = sys_futex_wait,
	.wake = sys_futex_wake,
};

/* Does the runner ask for something between two tests? */
static bool work_is_asked(const struct worker *w)
{
	return gate_signs(w->arena.gate) & GATE_RELEASE &&
	       fixture_must_release(w);
}

/* From here on it may claim again; the signs are read behind the fence, so
 * the runner, which raises one and then looks, either sees that it has risen or
 * is obeyed. */
static void work_rise(struct worker *w)
{
	atom32_store_release(&w->self->resting, 0); /* P7 */
	atom_fence_seq();			    /* P10 */
}

/* Was something published, or asked for, of which nobody told it?  Whoever
 * publishes beside a sleeper raises the key; a look everywhere is a dozen
 * page faults of one who sleeps for the first time. */
static bool work_is_missed(const struct worker *w, bool key_is_new)
{
	return gate_is_stopped(w->arena.gate) || work_is_asked(w) ||
	       (key_is_new && claim_sees(&w->claim));
}

/* Until it is woken, or sees by itself why it should have been: true then.  A
 * look in between changes nothing that others see. */
static bool work_sleep(struct worker *w, uint32_t key)
{
	struct gate *gate = w->arena.gate;
	uint32_t most = w->catalog.header->jobs, seen;

	point(before_sleep);
	while (gate_sleep(gate, &work_gate_ops, key,
			  gate_turns(gate, most) * TURN_NS) == -ETIMEDOUT) {
		seen = gate_renew(gate);
		if (work_is_missed(w, seen != key || gate_is_forgotten(gate)))
			return true;
		key = seen;
	}
	return false;
}

/* Nothing to do: sleep until somebody publishes work or the run stops.
 * True when something was found. */
static bool work_park(struct worker *w, bool first, uint32_t *position)
{
	struct gate *gate = w->arena.gate;
	uint32_t key = gate_prepare(gate);
	bool found;

	/* A death leaves n_sleeping too high where it cannot be put right:
	 * counted before `parked` is set, uncounted after it is cleared. */
	atom32_store_release(&w->self->parked, 1); /* P1 */
	found = claim_next(&w->claim, w->now_ns, position);
	if (!found)
		claim_end(&w->claim);
	/* Nobody said that it is there; so the others may sleep beside more. */
	else if (w->overslept)
		gate_wake(gate, &work_gate_ops, (int)w->catalog.header->jobs);
	w->overslept = false;
	if (!found && !w->claim.stale && !gate_is_stopped(gate) &&
	    !work_is_asked(w)) {
		atom32_store_release(&w->self->resting, 1); /* P6 */
		/* The runner must see idleness to end the run, or to look for
		 * what a dead worker took along. */
		if (first || gate_needs_ring(gate))
			doorbell_ring(w);
		w->overslept = work_sleep(w, key);
		work_rise(w);
	}
	atom32_store_release(&w->self->parked, 0); /* P2 */
	gate_leave(gate);
	return found;
}

/* What the runner asks of workers between two tests. */
hot_path static void work_heed(struct worker *w)
{
	if (likely(!(gate_signs(w->arena.gate) & GATE_RELEASE)))
		return;
	processor_free();
	fixture_release(w);
	w->now_ns = clock_now_ns();
}

/* False when the run was stopped. */
static bool work_idle(struct worker *w, uint32_t *position)
{
	bool first = true, found;

	processor_free();
	/* No test of the scope is left for this worker; between two volleys
	 * its own list goes on. */
	if (!claim_is_bound(&w->claim))
		fixture_leave_scope(w);
	do {
		found = work_park(w, first, position);
		first = false;
		if (!found)
			work_heed(w);
	} while (!found && !w->claim.stale &&
		 !gate_is_stopped(w->arena.gate));
	w->now_ns = clock_now_ns();
	return found;
}

/* Fixtures down, in peace: a failure there belongs to no test. */
hot_path no_return static void work_leave(struct worker *w)
{
	processor_free();
	probe2(worker__exit, w->slot, w->generation);
	claim_leave(&w->claim);
	serve_leave(w);
	fixture_leave_worker(w);
	folder_close(w);
	if (capture_is_pending(stdout))
		fflush(stdout);
	current_store(&w->self->current,
		      (struct current_word){ .phase = PHASE_LEFT }); /* C23 */
	counters_write();
	_exit(w->fixtures.teardown_failed ? WORKER_EXIT_TEARDOWN : 0);
}

/* The loader forks a successor before the runner has judged what the one
 * before it left in the slot: until then nothing there may change. */
hot_path static void work_await(struct worker *w)
{
	struct atom32 *admitted = &w->self->admitted;
	uint32_t seen;

	while ((seen = atom32_load_acquire(admitted)) != /* B10 */
	       w->generation + 1)
		sys_futex_wait(atom32_word(admitted), seen, TURN_NS);
}

hot_path no_return static void work_main(const struct heritage *heritage)
{
	static worker_data struct worker worker;
	struct worker *w = &worker;
	uint32_t position;

	door_enter(w, heritage);
	claim_open(&w->claim, &w->catalog, &w->arena, w->slot, &work_gate_ops);
	work_await(w);
	/* The loader may die before it has told the runner who this is. */
	atom32_store_relaxed(&w->self->pid, (uint32_t)w->pid); /* B15 */
	folder_open(w, heritage);
	w->n_left = w->catalog.header->recycle_after;
	capture_open(w);
	w->now_ns = clock_now_ns();
	meter_open(w);
	if (heritage->flags & HERITAGE_TEARDOWN) {
		fixture_teardown_run(w);
		work_leave(w);
	}
	while (!worker_must_leave(w)) {
		work_heed(w);
		if (!claim_next(&w->claim, w->now_ns, &position) &&
		    (w->claim.stale || !work_idle(w, &position)))
			break;
		one_run(w, position);
	}
	work_leave(w);
}

const struct heritage_door work_door = {
	.bind = stage_bind,
	.prepare = guard_arm,
	.relax = guard_disarm,
	.enter = work_main,
};
