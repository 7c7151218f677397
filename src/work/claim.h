/* SPDX-License-Identifier: MIT */
/*
 * claim.h - where a slot finds its next position (CLAIM-1): the rest of its
 * bound unit, what the runner handed out, its own deque, a part of the plan,
 * the deque of another slot.
 *
 * Of a part a slot takes one position after the other, or a bound unit; of
 * very short tests several at once, as many as it ends in a few microseconds
 * (BATCH-2), all but the first of which lie in its deque for anybody.  Where
 * the plan has several parts, their fixtures' costs decide which one
 * (FIX-1 to FIX-8).
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
	struct cursor *cursors; /* of all parts */
	const struct atom64 *states;
	const struct catalog_header *header;
	const struct part *parts;
	const struct bound *bounds;
	const uint64_t *sums; /* when there are several parts */
	const struct gate_ops *ops;
	uint32_t slot;
	uint32_t seq;	 /* of `current`: counts announcements */
	uint32_t part;	 /* it is on; CLAIM_NO_PART */
	uint32_t bound;	 /* the first that was not behind, when last looked */
	uint32_t batch;	 /* taken last from a part */
	uint64_t batch_ns; /* when that was */
	bool holding;	 /* there may be something in own->held */
	bool entered;	 /* of that, something was begun */
	bool stale;	 /* that wants a worker that has run nothing else */
};

#define CLAIM_NO_PART UINT32_MAX

/* Nothing shared is read: the slot's predecessor may not be buried yet. */
void claim_open(struct claimer *c, const struct catalog *catalog,
		const struct arena *arena, uint32_t slot,
		const struct gate_ops *ops);

/* The next position, announced and taken from wherever it lay.  False: there
 * is nothing for this slot, or the run is stopped. */
bool claim_next(struct claimer *c, uint64_t now_ns, uint32_t *position);

/* Would it look for one?  Takes and announces nothing. */
bool claim_sees(const struct claimer *c);

/* The worker ends: it is on no part any more. */
void claim_leave(struct claimer *c);

/* Nothing is announced any more. */
void claim_end(struct claimer *c);

/* Inside a bound unit: it must be ended on this slot. */
bool claim_is_bound(const struct claimer *c);

/* The rest of the bound unit is somebody else's. */
void claim_drop_bound(struct claimer *c);

#endif
