/* SPDX-License-Identifier: MIT */
/*
 * feed.h - fills and tops up the shared ring: the plan's chunks first, then
 * what deaths and sweeps gave back.
 */
#ifndef RUN_FEED_H
#define RUN_FEED_H

#include "run/run_impl.h"

void feed_open(struct run *run);
void feed_close(struct run *run);

/* Hands a range out; what the ring has no room for waits here. */
void feed_range(struct run *run, struct range r);
/* As much of what waits as there is room for. */
void feed_top_up(struct run *run);

/* Puts right what a test may have done to the ring's ends. */
void feed_mend(struct run *run);

/* Is there anything that an idle worker could take? */
bool feed_has_work(const struct run *run);

/* All workers are idle and tests are missing: finds the positions that are
 * PENDING and covered by nothing, and hands them out again; judges words that
 * cannot be true.  How many positions that was. */
uint32_t feed_sweep(struct run *run);

#endif
