/* SPDX-License-Identifier: MIT */
/*
 * keeper.h - what the runner hands out itself: gated units, when their
 * constraints can be met (queue.h), and late ranges, when all before them has
 * ended.  It watches the ends of tests, takes locks back, reserves slots for
 * wide units, and says when the canaries have found a broken environment.
 *
 * Locks are held by units and not by processes: the death of a worker changes
 * nothing here, what is left of its unit goes on with the same locks.  Not
 * there for a plan without any of this.
 */
#ifndef RUN_KEEPER_H
#define RUN_KEEPER_H

#include "run/run_impl.h"

/* Before anything ends and before the first worker is asked for. */
void keeper_open(struct run *run);
void keeper_close(struct run *run);

/* Once for each test, by tell.c. */
void keeper_ended(struct run *run, const struct event_test *test);

/* Hands out what can go now. */
void keeper_turn(struct run *run);

/* Has a reserved slot come to rest since that turn, or the body come to where
 * a gated unit stands?  For the look behind gate_doze(): who comes to rest
 * later rings, and so does a test that ends. */
bool keeper_has_news(const struct run *run);

/* From this slot on nothing new is taken (WEIGHT-1, JOBS-4). */
uint32_t keeper_limit(const struct run *run);
/* Tells the workers so, as it has changed. */
void keeper_hold(struct run *run);
/* It takes nothing before it has looked at the signs again. */
bool keeper_is_resting(const struct run *run, uint32_t slot);

/* For the sweep: the next range from a position on that must not be handed
 * out, because its time has not come; empty = there is none. */
struct range keeper_next_kept(const struct run *run, uint32_t position);
/* The range around a position that was handed out as one; empty = none. */
struct range keeper_given(const struct run *run, uint32_t position);

/* Where gated and late positions begin. */
uint32_t keeper_from(const struct run *run);
/* Is it for one slot only (EACH-1)? */
bool keeper_is_pinned(const struct run *run, uint32_t position);
/* A dead worker took it along: to its slot again, if it is pinned to one. */
bool keeper_give_again(struct run *run, uint32_t position);

/* The tests of a range that nobody has begun never will be. */
void keeper_cancel(struct run *run, struct range r, enum notrun reason);

#endif
