/* SPDX-License-Identifier: MIT */
/*
 * feed.h - what the runner hands out: through the shared ring, and into the
 * slots' deques; and the signs at the gate that say so.
 */
#ifndef RUN_FEED_H
#define RUN_FEED_H

#include "run/run_impl.h"

void feed_open(struct run *run);
void feed_close(struct run *run);

/* Signs at the gate; the runner remembers which it has raised. */
void feed_raise(struct run *run, uint32_t signs);
/* Into the slot's inbox; false when something is in it. */
bool feed_mail(struct run *run, uint32_t slot, struct range r);
/* The same for one that takes nothing new, and yet may take this. */
void feed_show(struct run *run, uint32_t slot, struct range r);
bool feed_has_mail(const struct run *run, uint32_t slot);

/* Raises GATE_HOLD: slots from limit on take nothing new. */
void feed_hold(struct run *run, uint32_t limit);
void feed_lower(struct run *run, uint32_t signs);

/* Hands a range out, a bound one to one slot; what the ring has no room for
 * waits here. */
void feed_range(struct run *run, struct range r);
/* The same, and each slot goes on with its own first. */
void feed_behind(struct run *run, struct range r);
/* The slot's worker is dead and had taken the position, but not begun: it
 * goes back to where it came from. */
void feed_give_back(struct run *run, uint32_t slot, uint32_t position);
/* The same, and somebody else has begun it: the rest of its unit, which only
 * that one may go on with, is dropped, to be found by a sweep. */
void feed_leave_to_others(struct run *run, uint32_t slot, uint32_t position);
/* What has failed goes out once more: to the slot that it is for, if there is
 * one.  False: that has mail already. */
bool feed_again(struct run *run, uint32_t slot, struct range r);
/* The slot gets no worker: the rest of its bound unit goes to another
 * (CRASH-6), unless it is the slot's own list. */
void feed_release(struct run *run, uint32_t slot);
/* Hands a range out unit by unit: what is bound stays together, and waits for
 * what stands in front of it in its unit.  How many positions that was. */
uint32_t feed_units(struct run *run, struct range r);
/* As much of what waits as there is room for. */
void feed_top_up(struct run *run);

/* Puts right what a test may have done to the ring's ends. */
void feed_mend(struct run *run);

/* What is left of the first part; empty = nothing, or there is none. */
struct range feed_rest(const struct run *run);
/* How far the first part has been taken; UINT32_MAX = to its end. */
uint32_t feed_front(const struct run *run);

/* Is there anything that an idle worker could take? */
bool feed_has_work(const struct run *run);
/* How many positions wait to be taken; it stops counting at most. */
uint32_t feed_count(const struct run *run, uint32_t most);
/* Has the slot a bound unit to go on with? */
bool feed_holds(const struct run *run, uint32_t slot);

/* All workers are idle and tests are missing: finds the positions that are
 * PENDING and covered by nothing, and hands them out again; judges words that
 * cannot be true.  How many positions that was. */
uint32_t feed_sweep(struct run *run);

#endif
