/* SPDX-License-Identifier: MIT */
#include "run/interim.h"

#include "base/clock.h"
#include "run/signals.h"
#include "run/stop.h"
#include "run/tell.h"
#include "run/unwind.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* They are to be there two seconds after the signal: a run that is over
 * before has its last ones by then, and this leaves time to write. */
#define INTERIM_NS (500 * NS_PER_MS)
/* So long the last reports wait for these. */
#define INTERIM_SETTLE_NS (10 * NS_PER_S)

void interim_ask(struct run *run)
{
	if (run->args->interim)
		run->interim.at_ns = run->now_ns + INTERIM_NS;
}

uint64_t interim_due(const struct run *run)
{
	uint64_t at_ns = run->interim.at_ns;

	if (!at_ns)
		return LOOP_FOREVER;
	return at_ns > run->now_ns ? at_ns - run->now_ns : 0;
}

pid_t interim_pid(const struct run *run)
{
	return run->interim.pid;
}

/* ---- in the fork ------------------------------------------------------ */

/* What it runs at this moment, and has written so far. */
static void interim_tell_slot(struct run *run, uint32_t slot)
{
	const struct slot *shared = &run->arena.slots[slot];
	const struct crew_slot *s = &run->slots[slot];
	struct current_word current = current_load(&shared->current); /* C37 */
	uint64_t start_ns = atom64_load_relaxed(&shared->start_ns);   /* C38 */
	struct event ev = { .test = { .position = current.position,
				      .outcome = OUTCOME_NOTRUN,
				      .notrun = run->stop.reason,
				      .slot = (uint16_t)slot,
				      .generation = (uint16_t)s->generation,
				      .exit_status = -1 } };

	if (s->state != CREW_LIVE ||
	    (current.phase != PHASE_RUN && current.phase != PHASE_KILL) ||
	    current.position >= run->layout.n_positions ||
	    run->ended[current.position])
		return;
	ev.test.start_ns = min_of(max_of(start_ns, run->started_ns),
				  run->now_ns);
	ev.test.duration_ns = run->now_ns - ev.test.start_ns;
	tell_so_far(run, &ev,
		    atom64_load_relaxed(&shared->output), /* C39 */
		    "it was still running");
}

/* The arena is the run's: it is looked at only, and who would write to it, or
 * to a plug-in, is not there. */
no_return static void interim_write(struct run *run)
{
	const struct run_interim *how = run->args->interim;
	static struct run_args args;
	uint32_t i;

	args = *run->args;
	args.sink = &how->sink;
	run->args = &args;
	run->keeper = NULL;
	run->plugin = NULL;
	unwind_give_up(run);
	for (i = 0; i < run->n_slots; i++)
		interim_tell_slot(run, i);
	stop_tell_rest(run);
	tell_finished(run);
	how->close(how->ctx);
	_exit(0);
}

/* ---- in the runner ---------------------------------------------------- */

void interim_turn(struct run *run)
{
	const struct run_interim *how = run->args->interim;
	pid_t pid;

	if (likely(interim_due(run) > 0))
		return;
	run->interim.at_ns = 0;
	if (run->n_ended == run->layout.n_positions)
		return;
	pid = how->fork(how->ctx);
	if (pid == 0)
		interim_write(run);
	/* Without it there are the last ones. */
	run->interim.pid = max_of(pid, (pid_t)0);
}

void interim_settle(struct run *run)
{
	uint64_t deadline_ns = clock_now_ns() + INTERIM_SETTLE_NS;
	struct timespec nap = { .tv_nsec = 1000000 };
	pid_t pid = run->interim.pid;

	run->interim.at_ns = 0;
	while (pid > 0 && waitpid(pid, NULL, WNOHANG) == 0) {
		/* Somebody may not want to wait. */
		signals_read(run);
		if (clock_now_ns() >= deadline_ns)
			kill(pid, SIGKILL);
		nanosleep(&nap, NULL);
	}
	run->interim.pid = 0;
}
