/* SPDX-License-Identifier: MIT */
#include "run/stop.h"

#include "base/signame.h"
#include "run/crew.h"
#include "run/feed.h"
#include "run/tell.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void stop_close_gate(struct run *run)
{
	run->closed = true;
	feed_raise(run, GATE_STOP);
	crew_wake_all(run);
}

static void stop_ask(struct run *run, enum notrun reason, const char *why)
{
	if (run->stop.asked)
		return;
	run->stop.asked = true;
	run->stop.reason = reason;
	stop_close_gate(run);
	tell_cancelled(run, why);
}

void stop_for_failures(struct run *run)
{
	char why[64];

	if (!run->args->max_fail ||
	    tally_failed(&run->tally) < run->args->max_fail)
		return;
	snprintf(why, sizeof(why), "%u failed (--max-fail)",
		 run->args->max_fail);
	stop_ask(run, NOTRUN_CANCELLED, why);
}

/* A running test either ends in time or is the runner's (LF-13). */
void stop_interrupt_slot(struct run *run, uint32_t slot, int signo)
{
	struct atom64 *current = &run->arena.slots[slot].current;
	struct current_word seen = current_load(current); /* C12 */

	if (run->slots[slot].state != CREW_LIVE ||
	    run->slots[slot].doom != DOOM_NONE)
		return;
	if (seen.phase == PHASE_RUN &&
	    current_try_end(current, seen, PHASE_KILL, OUTCOME_NONE)) /* C13 */
		crew_doom(run, slot, DOOM_INTERRUPTED, signo);
}

static void stop_kill_all(struct run *run)
{
	uint32_t i;

	for (i = 0; i < run->n_slots; i++) {
		/* Ours first, so that no test is blamed for our SIGKILL. */
		if (run->slots[i].doom == DOOM_NONE)
			crew_cut(run, i, DOOM_INTERRUPTED);
		else
			crew_kill(run, i);
	}
}

void stop_for_signal(struct run *run, int signo)
{
	char why[64];
	uint32_t i;

	run->stop.n_signals++;
	if (run->stop.n_signals >= 3) {
		signal(signo, SIG_DFL);
		raise(signo);
		_exit(128 + signo);
	}
	if (run->stop.n_signals == 2) {
		stop_kill_all(run);
		return;
	}
	run->stop.signo = run->tally.signo = signo;
	snprintf(why, sizeof(why), "interrupted by %s",
		 signame_get(signo));
	stop_ask(run, NOTRUN_INTERRUPTED, why);
	for (i = 0; i < run->n_slots; i++)
		stop_interrupt_slot(run, i, signo);
}

void stop_tell_rest(struct run *run)
{
	uint32_t n = run->layout.n_positions, p;

	for (p = 0; p < n && run->n_ended < n; p++) {
		if (run->ended[p])
			continue;
		if (run->stop.asked)
			tell_unstarted(run, p, OUTCOME_NOTRUN,
				       run->stop.reason, NULL);
		else
			tell_unstarted(run, p, OUTCOME_ERROR, NOTRUN_NONE,
				       "the run could not go on");
	}
}
