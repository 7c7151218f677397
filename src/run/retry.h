/* SPDX-License-Identifier: MIT */
/*
 * retry.h - tests that failed and are run again: how often, when, and what
 * becomes of them in the end (RTY-1, STATE-8).
 *
 * An attempt ends where its state word moves from CLAIMED to PENDING of the
 * next one, which only one can do (collect.c, bury.c); it is counted there.
 * Until it is handed out, the sweep knows it as covered.  What is bound to
 * others is run again when the rest of its unit has ended, so that two of a
 * unit never run at once and its locks are held throughout.  With a member of a
 * .serial chain those before it are run again (CRASH-3): chain.h.
 *
 * Not there in a run in which nothing may be run again.  Runner only.
 */
#ifndef RUN_RETRY_H
#define RUN_RETRY_H

#include "run/run_impl.h"

void retry_open(struct run *run);
void retry_close(struct run *run);

/* Is a test that ends so run again?  Asked before its word moves. */
bool retry_wants(const struct run *run, uint32_t position,
		 enum outcome outcome);

/* That attempt failed and its word is PENDING again. */
void retry_add(struct run *run, struct event_test *test);

/* Before a test gets its terminal state: one that failed before does not
 * simply pass, and is nothing else but failed.  A remark, NULL = none. */
const char *retry_settle(const struct run *run, struct event_test *test);

/* Hands out what is due. */
void retry_turn(struct run *run);
/* In how many nanoseconds the next one is. */
uint64_t retry_due(const struct run *run);

/* Those that wait to be handed out, in no order. */
uint32_t retry_count(const struct run *run);
uint32_t retry_waiting(const struct run *run, uint32_t i);
/* Is it one of them? */
bool retry_is_waiting(const struct run *run, uint32_t position);
/* Does one of them wait that this slot ran last? */
bool retry_waits_for(const struct run *run, uint32_t slot);

#endif
