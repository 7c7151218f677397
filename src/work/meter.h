/* SPDX-License-Identifier: MIT */
/*
 * meter.h - what a test used of the machine.
 *
 * Of a test child the kernel says it exactly when the child is awaited.  In a
 * worker it is asked only after a test that took long, so that short ones pay
 * nothing; the use of the short ones in between would be counted too, so it
 * is told only when they were a small part.
 */
#ifndef WORK_METER_H
#define WORK_METER_H

#include "work/worker.h"

struct rusage;

/* In a worker that has run nothing yet. */
void meter_open(struct worker *w);

/* A test child has ended. */
void meter_child(struct worker *w, const struct rusage *used);

/* A test that ran in this process has ended at w->now_ns; it took long enough
 * to be looked at. */
void meter_worker(struct worker *w, uint64_t start_ns);

/* Pushes what was measured of the test at a position, in front of its
 * record. */
void meter_tell(struct worker *w, uint32_t position);

#endif
