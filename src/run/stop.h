/* SPDX-License-Identifier: MIT */
/*
 * stop.h - the ways in which a run ends before its tests do: failures,
 * crashes, its deadline, signals.  What came first stays the reason of tests
 * that were not started (SIG-2 to SIG-4, STOP-1 to STOP-5, CRASH-4).
 */
#ifndef RUN_STOP_H
#define RUN_STOP_H

#include "run/run_impl.h"

/* A test has failed: does --max-fail say stop? */
void stop_for_failures(struct run *run);
/* A test has crashed: does --max-crashes say stop? */
void stop_for_crash(struct run *run);
/* Could the next result stop the run?  Then it is looked at at once. */
bool stop_may_come(const struct run *run);
/* Every canary has failed (CAN-3). */
void stop_for_environment(struct run *run);
/* Is the run's time over (STOP-5)? */
void stop_at_deadline(struct run *run);
/* The time to stress is (TIME-14). */
void stop_for_duration(struct run *run);
/* A signal to the runner: the first asks, the second kills, the third ends
 * this process at once. */
void stop_for_signal(struct run *run, int signo);
/* The run ends now: the test in this slot, if there is one, gets the signal.
 * Also for a test that was just starting when that was decided. */
void stop_interrupt_slot(struct run *run, uint32_t slot);
/* Workers start no test from now on and leave. */
void stop_close_gate(struct run *run);
/* All have left, and others may come. */
void stop_open_gate(struct run *run);
/* Everything that was not started ends as not run. */
void stop_tell_rest(struct run *run);

#endif
