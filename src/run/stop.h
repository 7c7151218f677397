/* SPDX-License-Identifier: MIT */
/*
 * stop.h - the ways in which a run ends before its tests do: failures,
 * signals.  Reasons are ordered: what came first stays (SIG-2 to SIG-4).
 */
#ifndef RUN_STOP_H
#define RUN_STOP_H

#include "run/run_impl.h"

/* A test has failed: does --max-fail say stop? */
void stop_for_failures(struct run *run);
/* A signal to the runner: the first asks, the second kills, the third ends
 * this process at once. */
void stop_for_signal(struct run *run, int signo);
/* The run was interrupted: the test in this slot, if there is one, gets the
 * signal.  Also for a test that was just starting when the signal came. */
void stop_interrupt_slot(struct run *run, uint32_t slot, int signo);
/* Workers start no test from now on and leave. */
void stop_close_gate(struct run *run);
/* Everything that was not started ends as not run. */
void stop_tell_rest(struct run *run);

#endif
