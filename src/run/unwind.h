/* SPDX-License-Identifier: MIT */
/*
 * unwind.h - backtraces of crashed tests, off everybody's path.
 *
 * A test that crashes leaves a wreck (shm/wreck.h).  Its event waits here
 * until shmrun-unwind, a process of its own that is started for the first one,
 * has made text of that; the runner goes on meanwhile, and the test is counted
 * already.  The queue is bounded, each answer has a deadline, and who does not
 * answer is killed: then the test is told without a backtrace.  Runner only.
 */
#ifndef RUN_UNWIND_H
#define RUN_UNWIND_H

#include "run/tell.h"

struct unwind; /* opaque; run->unwind, NULL = there are no backtraces */

/* Makes the file for wrecks, if backtraces are wanted and can be made. */
int unwind_open(struct run *run, struct err *err);
void unwind_close(struct run *run);

/* Where wrecks go; -1 = nowhere. */
int unwind_fd(const struct run *run);

/* Asks the test of a slot, which has run out of time, for a wreck; it needs a
 * moment.  False when it cannot be asked. */
bool unwind_question(const struct run *run, uint32_t slot);

/* Takes an event and what belongs to it, which it will tell; false when the
 * test left nothing to wait for, and both stay the caller's. */
bool unwind_take(struct run *run, const struct event *ev,
		 struct remains *remains);

/* The signal of a wreck that the test left and was not told for; 0 = none. */
int unwind_has_wreck(struct run *run, uint32_t position);

/* So long nothing ran. */
void unwind_shift(struct run *run, uint64_t ns);
/* The process that makes them; 0 = there is none. */
pid_t unwind_pid(const struct run *run);

/* Something came from the process; time has passed. */
void unwind_turn(struct run *run);
/* Until when nothing is to be done: ns from now. */
uint64_t unwind_due(const struct run *run);

/* Tells all that still waits, without a backtrace. */
void unwind_give_up(struct run *run);
/* Tells all that still waits, after a last chance to be answered. */
void unwind_settle(struct run *run);

#endif
