/* SPDX-License-Identifier: MIT */
#include "run/tick.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/sys.h"
#include "run/bury.h"
#include "run/collect.h"
#include "run/crew.h"
#include "run/debug.h"
#include "run/evidence.h"
#include "run/feed.h"
#include "run/keeper.h"
#include "run/keys.h"
#include "run/pause.h"
#include "run/relay.h"
#include "run/pressure.h"
#include "run/stop.h"
#include "run/tell.h"
#include "run/unwind.h"
#include "run/tokens.h"
#include "run/watchdog.h"
#include "run/volley.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>

#define TICK_NS (50 * NS_PER_MS)
/* When no test has ended for long: those that run are long ones. */
#define TICK_CALM_NS (250 * NS_PER_MS)
/* Whoever does not end when told is looked at sooner. */
#define TICK_STOP_NS (100 * NS_PER_MS)
#define TICK_FLOOD_NS (2 * NS_PER_MS)
/* Who has flooded once is watched so long: a look between two bursts must not
 * make the next one grow for a whole calm tick. */
#define FLOOD_WATCH_NS NS_PER_S
#define TICK_MIN_NS (2 * NS_PER_MS)
/* For a teardown when tests have no limit. */
#define TEARDOWN_NS (300 * NS_PER_S)
/* A tick that comes so late says that the runner was stopped. */
#define PAUSE_NS (2 * NS_PER_S)
/* What a running test may have written and not yet given back. */
#define SPOOL_KEEP_HEAD (UINT64_C(64) << 10)
#define SPOOL_KEEP_TAIL (UINT64_C(256) << 10)
/* A younger test cannot have written much. */
#define TRIM_AGE_NS (5 * NS_PER_MS)
#define SPOOL_FLOOD (UINT64_C(4) << 20)

static uint64_t tick_timeout(const struct run *run, uint32_t position)
{
	struct instance at = plan_at(run->args->plan, position);

	return attrs_timeout_ns(run->args->listing->tests[at.test_ix].attrs,
				run->args->timeout_ns, run->args->slowness);
}

static uint64_t tick_slow(const struct run *run, uint32_t position)
{
	struct instance at = plan_at(run->args->plan, position);
	double own = run->args->listing->tests[at.test_ix].attrs->slow;

	return own > 0 ? (uint64_t)(own * run->args->slowness * 1e9)
		       : run->args->slow_ns;
}

void tick_open(struct run *run)
{
	uint64_t own = (uint64_t)(run->args->listing->min_timeout * 1e9);
	uint64_t all = run->args->timeout_ns;

	run->min_timeout_ns = own && all ? min_of(own, all) : max_of(own, all);
	run->last_tick_ns = run->last_progress_ns = run->last_result_ns =
		run->started_ns;
}

/* As calm as it was at the last tick: what grows with every look at it would
 * always be a little longer than what was waited for. */
static uint64_t tick_interval(const struct run *run)
{
	uint64_t calm_ns = run->last_tick_ns > run->last_result_ns
				   ? run->last_tick_ns - run->last_result_ns
				   : 0;
	uint64_t most = run->closed ? TICK_STOP_NS : TICK_CALM_NS;
	uint64_t ns = min_of(max_of(calm_ns / 4, TICK_NS), most);

	if (run->min_timeout_ns)
		ns = min_of(ns, max_of(run->min_timeout_ns / 8, TICK_MIN_NS));
	if (run->args->relay_output)
		ns = min_of(ns, TICK_NS);
	return run->now_ns < run->flood_until_ns ? min_of(ns, TICK_FLOOD_NS)
						 : ns;
}

uint64_t tick_due(const struct run *run)
{
	uint64_t due = run->last_tick_ns + tick_interval(run);

	return due > run->now_ns ? due - run->now_ns : 0;
}

/* ---- one slot -------------------------------------------------------- */

/* Since when the slot runs what it runs.  The worker's own word counts only
 * between the last tick and now: a scribbled one is at most a tick wrong. */
static void tick_observe(struct run *run, uint32_t slot,
			 struct current_word current)
{
	struct crew_slot *s = &run->slots[slot];
	uint64_t start_ns =
		atom64_load_relaxed(&run->arena.slots[slot].start_ns); /* C16 */

	if (s->seen_running && s->seen_seq == current.seq &&
	    s->seen_position == current.position) {
		evidence_clock(run, slot);
		return;
	}
	s->seen_running = true;
	s->seen_seq = current.seq;
	s->seen_position = current.position;
	s->seen_since_ns = max_of(start_ns, run->last_tick_ns);
	s->seen_since_ns = min_of(s->seen_since_ns, run->now_ns);
	s->slow_at_ns = 0;
	s->progress_ns = 0;
	s->marked = s->clocked = false;
	s->mark.leader = 0;
	str_clear(&s->evidence);
}

/* When its test said last that it gets on, if it did (stage_progress()).  What
 * the file had from an earlier test, or from a reader, is no such time. */
static uint64_t tick_progress_ns(const struct run *run,
				 const struct crew_slot *s)
{
	struct stat st;
	uint64_t ns;

	if (fstat(s->notes_fd, &st) < 0)
		return 0;
	ns = (uint64_t)st.st_atim.tv_sec * NS_PER_S +
	     (uint64_t)st.st_atim.tv_nsec;
	return ns > s->seen_since_ns && ns <= run->now_ns ? ns : 0;
}

/* How much of its time is over; it is asked whether it gets on only when all
 * of it seems to be. */
static uint64_t tick_used(struct run *run, uint32_t slot, uint64_t limit)
{
	struct crew_slot *s = &run->slots[slot];
	uint64_t since = max_of(s->seen_since_ns, s->progress_ns), said;

	if (likely(run->now_ns - since < limit))
		return run->now_ns - since;
	said = tick_progress_ns(run, s);
	if (said <= since)
		return run->now_ns - since;
	s->progress_ns = said;
	s->marked = false;
	return run->now_ns - said;
}

/* Of the last three quarters of its time it will be told how they went. */
static void tick_mark(struct run *run, uint32_t slot, uint64_t age,
		      uint64_t limit)
{
	struct crew_slot *s = &run->slots[slot];

	if (likely(s->marked || age < limit / 4))
		return;
	s->marked = true;
	evidence_mark(run, slot);
}

/* Its time on processors is over (ACC-11); where nobody knows, it is not. */
static bool tick_is_spent(struct run *run, uint32_t slot)
{
	uint64_t ns;

	return run->args->cpu_timeout_ns && evidence_cpu(run, slot, &ns) &&
	       ns >= run->args->cpu_timeout_ns;
}

static bool tick_is_over(struct run *run, uint32_t slot, uint64_t limit)
{
	uint64_t age;

	if (limit) {
		age = tick_used(run, slot, limit);
		tick_mark(run, slot, age, limit);
		if (age >= limit)
			return true;
	}
	return tick_is_spent(run, slot);
}

static void tick_timeout_slot(struct run *run, uint32_t slot,
			      struct current_word current)
{
	struct crew_slot *s = &run->slots[slot];
	uint64_t limit = tick_timeout(run, current.position);
	uint64_t slow = tick_slow(run, current.position);
	uint64_t age = run->now_ns - s->seen_since_ns;

	if (run->args->debugger)
		return;
	if (slow && !s->slow_at_ns)
		s->slow_at_ns = s->seen_since_ns + slow;
	if (slow && run->now_ns >= s->slow_at_ns) {
		tell_slow(run, slot, current.position, age);
		s->slow_at_ns += slow;
	}
	if (!tick_is_over(run, slot, limit) ||
	    !current_try_end(&run->arena.slots[slot].current, current,
			     PHASE_KILL, OUTCOME_NONE)) /* C15 */
		return;
	evidence_take(run, slot);
	if (unwind_question(run, slot))
		crew_doom_late(run, slot);
	else
		crew_doom(run, slot, DOOM_TIMEOUT, SIGTERM);
}

/* A test that prints without end: keep its first and last bytes. */
static void tick_trim(struct run *run, uint32_t slot)
{
	struct crew_slot *s = &run->slots[slot];
	uint64_t size = tell_size(s->spool_fd);
	uint64_t begin =
		atom64_load_relaxed(&run->arena.slots[slot].output); /* C19 */
	uint64_t from;

	/* The worker's word counts where it can be true. */
	begin = max_of(min_of(begin, size), s->spool_pos);
	from = max_of(begin + SPOOL_KEEP_HEAD, s->spool_punched);

	if (size < from + SPOOL_FLOOD + SPOOL_KEEP_TAIL)
		return;
	run->flood_until_ns = run->now_ns + FLOOD_WATCH_NS;
	if (from > s->spool_punched && s->spool_punched < s->spool_pos)
		sys_punch(s->spool_fd, s->spool_punched, s->spool_pos);
	from = (from + SHM_PAGE - 1) / SHM_PAGE * SHM_PAGE;
	sys_punch(s->spool_fd, from, size - SPOOL_KEEP_TAIL);
	s->spool_punched = size - SPOOL_KEEP_TAIL;
}

/* Neither in a test nor asleep, and no record comes: it is stuck where no
 * test's timeout applies. */
static void tick_quiet(struct run *run, uint32_t slot, enum phase phase)
{
	struct crew_slot *s = &run->slots[slot];
	uint64_t limit = run->args->timeout_ns;

	if (run->args->debugger)
		return;
	if (!limit && phase == PHASE_TEARDOWN)
		limit = TEARDOWN_NS;
	if (!limit || run->now_ns - s->quiet_since_ns < limit)
		return;
	if (phase == PHASE_TEARDOWN)
		crew_cut(run, slot, DOOM_LEAVING);
	else
		crew_condemn(run, slot, "does nothing");
}

static void tick_slot(struct run *run, uint32_t slot)
{
	struct crew_slot *s = &run->slots[slot];
	struct slot *shared = &run->arena.slots[slot];
	struct current_word current = current_load(&shared->current); /* C14 */

	if (s->doom != DOOM_NONE) {
		if (s->polite_at_ns && run->now_ns >= s->polite_at_ns)
			crew_be_polite(run, slot);
		if (run->now_ns >= s->kill_at_ns)
			crew_kill(run, slot);
		return;
	}
	if (current.phase == PHASE_RUN &&
	    current.position < run->layout.n_positions) {
		if (run->stop.kill_signo)
			stop_interrupt_slot(run, slot);
		tick_observe(run, slot, current);
		tick_timeout_slot(run, slot, current);
		if (run->args->relay_output)
			relay_look(run, slot, current);
		if (run->now_ns - s->seen_since_ns >= TRIM_AGE_NS)
			tick_trim(run, slot);
		s->quiet_since_ns = run->now_ns;
		return;
	}
	s->seen_running = false;
	tick_quiet(run, slot, current.phase);
}

/* A worker that sleeps has no test, no deadline and nothing to mend: of many
 * that do, one look each is all that a tick costs.  It says so twice; who only
 * seems to, as a test scribbled, may be stuck. */
static bool tick_is_asleep(const struct run *run, uint32_t slot)
{
	const struct slot *shared = &run->arena.slots[slot];

	return run->slots[slot].doom == DOOM_NONE &&
	       atom32_load_acquire(&shared->parked) &&	/* P4 */
	       atom32_load_acquire(&shared->resting) && /* P14 */
	       current_load(&shared->current).phase == PHASE_IDLE; /* C30 */
}

/* ---- the whole ------------------------------------------------------- */

/* Words that only the runner sets must say what it said; this one of sleepers,
 * too, as who is still to be admitted may be made to look like one. */
static void tick_admit(struct run *run, uint32_t slot)
{
	atom32_store_release(&run->arena.slots[slot].admitted,
			     run->slots[slot].generation + 1); /* B9 */
}

static void tick_distrust(struct run *run)
{
	if (!run->tally.untrusted)
		tell_warning(run, "a test overwrote shared memory; "
			     "the result cannot be trusted");
	run->tally.untrusted = true;
}

/* As tick_admit(); others must say what can be true. */
static void tick_mend(struct run *run)
{
	struct gate *g = run->arena.gate;

	/* A worker may stop the run for a failure that is recorded (STOP-1). */
	if (gate_signs(g) == (run->signs | GATE_STOP) && run->args->max_fail)
		collect_all(run);
	if (gate_signs(g) != run->signs) {
		tick_distrust(run);
		atom32_store_release(&g->signs, run->signs); /* G21 */
	}
	if (run->signs & GATE_HOLD &&
	    atom32_load_relaxed(&g->limit) != keeper_limit(run)) { /* G26 */
		tick_distrust(run);
		atom32_store_release(&g->limit, keeper_limit(run)); /* G27 */
	}
	if (bury_stray_fixtures(run) || volley_mend(run))
		tick_distrust(run);
	feed_mend(run);
}

static void tick_sleeper(struct run *run, uint32_t slot)
{
	run->slots[slot].seen_running = false;
	run->slots[slot].quiet_since_ns = run->now_ns;
}

/* How many are asleep that need not be.  At ease: they may, as may those whose
 * slots are reserved, until all are to leave; else who does not wake in time is
 * stuck. */
static uint32_t tick_slots(struct run *run, bool at_ease)
{
	uint32_t n_asleep = 0, limit = keeper_limit(run), i;

	for (i = 0; i < run->n_slots; i++) {
		bool asleep = run->slots[i].state == CREW_LIVE &&
			      tick_is_asleep(run, i);

		n_asleep += asleep && (i < limit || run->closed);
		if (run->slots[i].state == CREW_EMPTY)
			continue;
		tick_admit(run, i);
		if (asleep && (at_ease || (i >= limit && !run->closed))) {
			tick_sleeper(run, i);
			continue;
		}
		results_release(&run->slots[i].reader);
		if (run->slots[i].state == CREW_LIVE)
			tick_slot(run, i);
	}
	return n_asleep;
}

static int tick_by_age(const void *va, const void *vb)
{
	const struct running *a = va, *b = vb;

	return (a->elapsed_ns < b->elapsed_ns) -
	       (a->elapsed_ns > b->elapsed_ns);
}

static void tick_progress(struct run *run)
{
	struct running *running = mem_array(run->n_slots, sizeof(*running));
	struct event ev = { .kind = EVENT_PROGRESS, .now_ns = run->now_ns };
	size_t n = 0;
	uint32_t i;

	for (i = 0; i < run->n_slots; i++) {
		const struct crew_slot *s = &run->slots[i];

		if (s->state == CREW_LIVE && s->seen_running)
			running[n++] = (struct running){
				.position = s->seen_position,
				.slot = (uint16_t)i,
				.elapsed_ns = run->now_ns - s->seen_since_ns,
			};
	}
	if (n)
		qsort(running, n, sizeof(*running), tick_by_age);
	ev.progress.elapsed_ns = run->now_ns - run->started_ns;
	ev.progress.running = running;
	ev.progress.n_running = n;
	ev.progress.tally = run->tally;
	sink_event(run->args->sink, &ev);
	free(running);
}

/* The runner itself did not run: a stop, a paused machine.  That time is
 * nobody's, so every deadline moves (TIME-2). */
static void tick_pause(struct run *run)
{
	uint64_t late = run->now_ns - run->last_tick_ns;

	if (late >= PAUSE_NS)
		pause_shift(run, late);
}

void tick_run(struct run *run)
{
	uint64_t progress_ns = run->args->sink->progress_ns;
	bool has_work = feed_has_work(run);

	tick_pause(run);
	stop_at_deadline(run);
	tick_mend(run);
	/* Somebody who sleeps beside work, or is to leave: a wake-up was lost. */
	if (tick_slots(run, !has_work && !run->closed) > 0 &&
	    (has_work || run->closed))
		crew_wake_all(run);
	tokens_tick(run);
	pressure_tick(run);
	watchdog_look(run);
	debug_look(run);
	keys_look(run);
	run->last_tick_ns = run->now_ns;
	if (progress_ns && !run->args->debugger &&
	    run->now_ns - run->last_progress_ns >= progress_ns) {
		run->last_progress_ns = run->now_ns;
		tick_progress(run);
	}
}
