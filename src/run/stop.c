/* SPDX-License-Identifier: MIT */
#include "run/stop.h"

#include "base/parting.h"
#include "base/signame.h"
#include "run/chain.h"
#include "run/crew.h"
#include "run/feed.h"
#include "run/interim.h"
#include "run/tell.h"
#include "run/volley.h"

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

void stop_open_gate(struct run *run)
{
	run->closed = false;
	run->closed_ns = 0;
	feed_lower(run, GATE_STOP);
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

/* Running tests are not waited for; who was asked before stays as he is. */
static void stop_cut_short(struct run *run, enum notrun why, int signo)
{
	uint32_t i;

	if (run->stop.kill_signo)
		return;
	run->stop.kill_signo = signo;
	run->stop.killed = why;
	for (i = 0; i < run->n_slots; i++)
		stop_interrupt_slot(run, i);
}

void stop_for_failures(struct run *run)
{
	char why[64];

	if (!run->args->max_fail || run->stop.asked ||
	    tally_failed(&run->tally) < run->args->max_fail)
		return;
	snprintf(why, sizeof(why), "%u failed (--max-fail)",
		 run->args->max_fail);
	stop_ask(run, NOTRUN_MAX_FAIL, why);
	if (run->args->fail_now)
		stop_cut_short(run, NOTRUN_MAX_FAIL, SIGTERM);
}

bool stop_may_come(const struct run *run)
{
	return run->args->max_fail > 0 || run->args->stop_crashes > 0;
}

void stop_for_crash(struct run *run)
{
	char why[64];

	if (++run->stop.n_crashes != run->args->stop_crashes)
		return;
	snprintf(why, sizeof(why), "%u crashed (--max-crashes=%u)",
		 run->stop.n_crashes, run->stop.n_crashes - 1);
	stop_ask(run, NOTRUN_MAX_CRASHES, why);
}

void stop_for_environment(struct run *run)
{
	run->tally.environment = true;
	stop_ask(run, NOTRUN_ENVIRONMENT,
		 "every canary failed: the environment is broken (--canary)");
}

void stop_at_deadline(struct run *run)
{
	uint64_t ran_ns = run->now_ns - run->started_ns - run->paused_ns;

	if (!run->args->deadline_ns || ran_ns < run->args->deadline_ns ||
	    run->stop.kill_signo || run->n_ended == run->layout.n_positions)
		return;
	stop_ask(run, NOTRUN_DEADLINE, "the run's time is over (--deadline)");
	stop_cut_short(run, NOTRUN_DEADLINE, SIGTERM);
}

void stop_for_duration(struct run *run)
{
	stop_ask(run, NOTRUN_DEADLINE,
		 "the time to stress is over (--stress-duration)");
}

/* A running test either ends in time or is the runner's (LF-13). */
void stop_interrupt_slot(struct run *run, uint32_t slot)
{
	struct atom64 *current = &run->arena.slots[slot].current;
	struct current_word seen = current_load(current); /* C12 */

	if (run->slots[slot].state != CREW_LIVE ||
	    run->slots[slot].doom != DOOM_NONE)
		return;
	if (seen.phase == PHASE_RUN &&
	    current_try_end(current, seen, PHASE_KILL, OUTCOME_NONE)) /* C13 */
		crew_doom(run, slot, DOOM_INTERRUPTED, run->stop.kill_signo);
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

/* At once: reports are left as they were, the recording as it is (SIG-4). */
no_return static void stop_die_of(int signo)
{
	sigset_t set;

	parting_act();
	signal(signo, SIG_DFL);
	raise(signo);
	sigemptyset(&set);
	sigaddset(&set, signo);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	_exit(128 + signo);
}

/* What running tests get: nobody waits for them after SIGQUIT, and of our
 * lost reader they know nothing. */
static int stop_signal_of(int signo)
{
	if (signo == SIGQUIT)
		return SIGKILL;
	return signo == SIGPIPE ? SIGTERM : signo;
}

void stop_for_signal(struct run *run, int signo)
{
	char why[64];

	run->stop.n_signals++;
	if (run->stop.n_signals >= 3)
		stop_die_of(signo);
	if (run->stop.n_signals == 2) {
		stop_kill_all(run);
		return;
	}
	run->stop.signo = run->tally.signo = signo;
	snprintf(why, sizeof(why), "interrupted by %s",
		 signame_get(signo));
	stop_ask(run, NOTRUN_INTERRUPTED, why);
	stop_cut_short(run, NOTRUN_INTERRUPTED, stop_signal_of(signo));
	interim_ask(run);
}

void stop_tell_rest(struct run *run)
{
	enum notrun reason = run->stop.asked ? run->stop.reason
					     : NOTRUN_NO_WORKER;
	uint32_t n = run->layout.n_positions, p;

	chain_give_up(run);
	for (p = 0; p < n && run->n_ended < n; p++)
		if (!run->ended[p] && !volley_withdraw(run, p))
			tell_unstarted(run, p, OUTCOME_NOTRUN, reason, NULL);
}
