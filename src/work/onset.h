/* SPDX-License-Identifier: MIT */
/*
 * onset.h - the moment at which the copies of a test begin (--stress), in the
 * worker that runs one of them (lockfree/gun.h).
 *
 * The time is set when the copy has been claimed, and waited for where nothing
 * but the body is left to do: in the worker, in its test child, in front of
 * execve(2), or of the question to a server.  It is near, and waited for in a
 * loop that looks at the clock: to be woken takes some, and not always the
 * same, microseconds.  What was waited is no time of the test.
 */
#ifndef WORK_ONSET_H
#define WORK_ONSET_H

#include "work/worker.h"

/* A worker of a run with copies? */
void onset_open(struct worker *w);
/* For the test at hand, which has a process of its own or has not. */
void onset_set(struct worker *w, bool forks);
/* Returns when it is over, at once if that has been; also in a child. */
uint64_t onset_await(const struct worker *w);
/* The body began then, as a child may have said; what cannot be is dropped. */
void onset_note(struct worker *w, uint64_t began_ns);

#endif
