/* SPDX-License-Identifier: MIT */
/*
 * doorbell.h - a worker calls the runner: an eventfd(2), rung once per sleep
 * of the runner, when a result ring is half full or full, and when the worker
 * goes to sleep itself.
 */
#ifndef WORK_DOORBELL_H
#define WORK_DOORBELL_H

struct worker;

void doorbell_ring(struct worker *w);
/* After each record. */
void doorbell_after_push(struct worker *w);
/* The result ring is full: sleeps until the runner has made room. */
void doorbell_wait_for_room(struct worker *w);

#endif
