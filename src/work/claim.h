/* SPDX-License-Identifier: MIT */
/*
 * claim.h - where a slot finds its next position (CLAIM-1): the rest of its
 * bound unit, what the runner handed out, its own deque, the deque of another
 * slot.
 *
 * What is found is a hint: it is announced here (LF-7) and granted by the
 * state word alone (one.h).  Runs in workers; knows of no test, no clock and,
 * but for struct gate_ops, no system call, so that a test can drive any
 * number of claimers in one process (T-1).
 */
#ifndef WORK_CLAIM_H
#define WORK_CLAIM_H

#include "shm/arena.h"
#include "shm/catalog.h"

#include <stdbool.h>
#include <stdint.h>

/* Handles into the shared memories, and what only this slot knows. */
struct claimer {
	struct gate *gate;
	struct ring *ring;
	struct slot_deque *deques; /* of all slots */
	struct slot_deque *own;
	struct slot *self;
	const struct catalog_header *header;
	const struct gate_ops *ops;
	uint32_t slot;
	uint32_t seq; /* of `current`: counts announcements */
	bool holding; /* there may be something in own->held */
};

/* Nothing shared is read: the slot's predecessor may not be buried yet. */
void claim_open(struct claimer *c, const struct catalog *catalog,
		const struct arena *arena, uint32_t slot,
		const struct gate_ops *ops);

/* The next position, announced and taken from wherever it lay.  False: there
 * is nothing for this slot, or the run is stopped. */
bool claim_next(struct claimer *c, uint32_t *position);

/* Nothing is announced any more. */
void claim_end(struct claimer *c);

/* Inside a bound unit: it must be ended on this slot. */
bool claim_is_bound(const struct claimer *c);

#endif
