/* SPDX-License-Identifier: MIT */
/*
 * recheck.h - tests that failed, once more and alone: each by itself, in a
 * worker that has run nothing else, when all others have ended.  One that
 * fails there fails always; one that passes fails only together with others.
 *
 * That is a remark: the test keeps the terminal state that it has, and so does
 * the run.  Its word goes from DONE to PENDING of another attempt, and for that
 * time it counts as not ended.  Not of members of a .serial chain, which lean
 * on those before them, nor of what never began.  Runner only.
 */
#ifndef RUN_RECHECK_H
#define RUN_RECHECK_H

#include "run/run_impl.h"

/* The last ones of more failures than that are not looked at again. */
#define RECHECK_MAX 100u

void recheck_close(struct run *run);

/* A test got its terminal state.  True: it will be looked at again, and what
 * it needs must stay. */
bool recheck_note(struct run *run, const struct event_test *test);

/* All has ended: is there a test to look at? */
bool recheck_has_next(const struct run *run);
/* Hands it out; nobody else may be at work. */
void recheck_begin(struct run *run);

/* Is this the time between? */
bool recheck_is_on(const struct run *run);
/* The test has ended again, or will not. */
void recheck_end(struct run *run);

#endif
