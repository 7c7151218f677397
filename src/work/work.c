/* SPDX-License-Identifier: MIT */
#include "work/work.h"

#include "base/clock.h"
#include "base/point.h"
#include "base/sys.h"
#include "shm/wire.h"
#include "work/door.h"
#include "work/doorbell.h"
#include "work/one.h"
#include "work/stage.h"
#include "work/worker.h"

#include <stdio.h>
#include <unistd.h>

/* A lost wake-up needs a death between publishing and waking, and then the
 * runner wakes everybody; it also looks every tick whether somebody sleeps
 * beside work.  So this is the last resort only. */
#define PARK_NS (10 * NS_PER_S)
/* A wake-up of a successor that is lost costs so much at most. */
#define AWAIT_NS (100 * NS_PER_MS)

static const struct gate_ops work_gate_ops = {
	.wait = sys_futex_wait,
	.wake = sys_futex_wake,
};

hot_path static bool work_is_sane(const struct worker *w, struct range r)
{
	return r.lo < r.hi && r.hi <= w->catalog.header->n_positions;
}

/* From the own deque. */
hot_path static bool work_take(struct worker *w, uint32_t *position)
{
	struct range seen = deque_peek(w->deque);

	while (!range_is_empty(seen)) {
		if (!work_is_sane(w, seen)) {
			/* A test scribbled over it; the sweep finds the rest. */
			deque_install(w->deque, (struct range){ 0 });
			return false;
		}
		one_announce(w, seen.lo);
		point(take_announced);
		if (deque_try_take(w->deque, seen)) {
			*position = seen.lo;
			return true;
		}
		seen = deque_peek(w->deque);
	}
	return false;
}

/* A range is ours and the own deque is empty: keep it there, where others
 * can have their part of it (SHM-2), and wake one of them (LF-8). */
hot_path static void work_install(struct worker *w, struct range r)
{
	if (!work_is_sane(w, r))
		return;
	deque_install(w->deque, r);
	point(installed);
	if (range_len(r) > 1)
		gate_wake(w->arena.gate, &work_gate_ops, 1);
}

hot_path static bool work_refill(struct worker *w)
{
	uint32_t mask = w->catalog.header->arena.ring_cap - 1;
	struct ring_look look;

	while (ring_peek_mc(w->arena.ring, mask, &look)) {
		if (!ring_try_take_mc(w->arena.ring, &look))
			continue;
		point(ring_taken);
		work_install(w, look.range);
		return true;
	}
	return false;
}

/* The slot with the most to give, the lowest number on ties (DEQ-3). */
hot_path static bool work_find_victim(const struct worker *w, uint32_t *victim,
			     struct range *seen)
{
	uint32_t n = w->catalog.header->arena.n_slots, best = 0, i;

	for (i = 0; i < n; i++) {
		struct range r = deque_peek(&w->arena.deques[i].deque);

		if (i == w->slot || !work_is_sane(w, r) ||
		    range_len(r) <= best)
			continue;
		best = range_len(r);
		*victim = i;
		*seen = r;
	}
	return best > 0;
}

hot_path static bool work_steal(struct worker *w)
{
	struct range seen, got;
	uint32_t victim;

	while (work_find_victim(w, &victim, &seen)) {
		if (!deque_try_steal(&w->arena.deques[victim].deque, seen, &got))
			continue;
		point(stolen);
		work_install(w, got);
		return true;
	}
	return false;
}

hot_path static bool work_find(struct worker *w, uint32_t *position)
{
	do {
		if (work_take(w, position))
			return true;
	} while (work_refill(w) || work_steal(w));
	return false;
}

/* Nothing to do: sleep until somebody publishes work or the run stops.
 * True when there may be something to do. */
static bool work_park(struct worker *w, bool first)
{
	struct gate *gate = w->arena.gate;
	uint32_t key = gate_prepare(gate);
	bool found;

	/* A death leaves n_sleeping too high where it cannot be put right:
	 * counted before `parked` is set, uncounted after it is cleared. */
	atom32_store_release(&w->self->parked, 1); /* P1 */
	found = work_refill(w) || work_steal(w) || gate_is_stopped(gate);
	if (!found) {
		/* The runner must see idleness to end the run, or to look for
		 * what a dead worker took along. */
		if (first || gate_needs_ring(gate))
			doorbell_ring(w);
		point(before_sleep);
		gate_sleep(gate, &work_gate_ops, key, PARK_NS);
	}
	atom32_store_release(&w->self->parked, 0); /* P2 */
	gate_leave(gate);
	return found;
}

static void work_idle(struct worker *w)
{
	bool first = true;
	struct range own;

	/* No test of the scope is left for this worker. */
	fixture_leave_scope(w);
	current_store(&w->self->current,
		      (struct current_word){ .phase = PHASE_IDLE,
					     .seq = w->seq }); /* C9 */
	while (!work_park(w, first)) {
		own = deque_peek(w->deque);
		if (!range_is_empty(own) || gate_is_stopped(w->arena.gate))
			break;
		first = false;
	}
	w->now_ns = clock_now_ns();
}

/* Fixtures down, in peace: a failure there belongs to no test. */
no_return static void work_leave(struct worker *w)
{
	fixture_leave_worker(w);
	if (capture_is_pending(stdout))
		fflush(stdout);
	current_store(&w->self->current,
		      (struct current_word){ .phase = PHASE_LEFT }); /* C23 */
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
		sys_futex_wait(atom32_word(admitted), seen, AWAIT_NS);
}

hot_path no_return static void work_main(const struct heritage *heritage)
{
	static worker_data struct worker worker;
	struct worker *w = &worker;
	uint32_t position;

	door_enter(w, heritage);
	work_await(w);
	capture_open(w);
	w->now_ns = clock_now_ns();
	if (heritage->flags & HERITAGE_TEARDOWN) {
		fixture_teardown_run(w);
		work_leave(w);
	}
	while (!w->retire && !gate_is_stopped(w->arena.gate)) {
		if (work_find(w, &position))
			one_run(w, position);
		else
			work_idle(w);
	}
	work_leave(w);
}

const struct heritage_door work_door = {
	.bind = stage_bind,
	.enter = work_main,
};
