/* SPDX-License-Identifier: MIT */
/*
 * chain.h - .serial chains, whose tests lean on what those before them left in
 * their process: one that is broken, and one that is run again (CRASH-3).
 *
 * When a worker dies, the order and the state of its chain are gone: what is
 * left of it is not run.  Unless a member of it is run again (retry.h); then
 * what is left waits, and with that member all in front of it run once more,
 * from the first one on, in a worker that has run nothing else (work/claim.c).
 *
 * Who had ended keeps that as its terminal state: its word goes from DONE to
 * PENDING of another attempt, an extra one, and for that time it may be
 * claimed, and records of it count; run->n_ended includes it all the while.
 * What waits is the other way round: its word is DONE and run->ended is set, so
 * that nobody begins it, and n_ended does not include it.  Runner only.
 */
#ifndef RUN_CHAIN_H
#define RUN_CHAIN_H

#include "run/run_impl.h"

/* Where nothing is run again, and without chains, there is nothing. */
void chain_open(struct run *run);
void chain_close(struct run *run);

/* Is this one run again with its chain? */
bool chain_has(const struct run *run, uint32_t position);

/* A test got its terminal state. */
void chain_note(struct run *run, const struct event_test *test);

/* The slot has no worker, and is judged already. */
void chain_break(struct run *run, uint32_t slot);

/* Some of the unit is to be run again and nobody is at work on it: what has to
 * run with it can be claimed from now on.  The caller hands out the unit. */
void chain_begin_again(struct run *run, struct range unit);

/* Is an extra attempt of it under way, or about to begin? */
bool chain_is_extra(const struct run *run, uint32_t position);
/* It has ended, or will not begin.  False: there was none. */
bool chain_end_extra(struct run *run, uint32_t position);

/* Nothing is run again any more: what waits has not ended. */
void chain_give_up(struct run *run);

#endif
