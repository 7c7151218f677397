/* SPDX-License-Identifier: MIT */
/*
 * pause.h - Ctrl-Z: the run stops with its runner, and so does its clock
 * (SIG-6, SIG-7, TIME-1 to TIME-3, PROC-10).
 *
 * Runner only.  Everything below the loader is stopped by SIGSTOP, which
 * nobody can catch and which also stops an orphaned group; what was stopped
 * before stays so afterwards.
 */
#ifndef RUN_PAUSE_H
#define RUN_PAUSE_H

#include <stdint.h>

struct run;
struct event_test;

/* Stops all processes of the run, then this one; comes back when somebody
 * continues it, and all deadlines have moved. */
void pause_run(struct run *run);

/* Time that is nobody's: every deadline moves by it, and now is later. */
void pause_shift(struct run *run, uint64_t ns);

/* What of a test's duration was a pause is no part of it (TIME-3). */
void pause_deduct(const struct run *run, struct event_test *t);

/* Frees what is remembered. */
void pause_close(struct run *run);

#endif
