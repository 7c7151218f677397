/* SPDX-License-Identifier: MIT */
/*
 * queue.h - the gated units of a plan: which of them may go next.
 *
 * In the plan's order, the first whose constraints can be met now (GATE-1):
 * its locks, all at once (locks.h), the group that it comes after, and for a
 * wide one as many reserved slots as it counts beyond its own (WEIGHT-1).
 * Units that want exactly the same are one kind and wait in one line, so what
 * a decision costs depends on the number of kinds and not of units; short
 * neighbours of one kind go together.  Who was passed over as often as there
 * are slots reserves its locks (LOCK-2).
 *
 * Pure: no I/O, no clock, knows no process.  Runner only.
 */
#ifndef RUN_QUEUE_H
#define RUN_QUEUE_H

#include "lockfree/range.h"
#include "run/locks.h"

/* The longest time that neighbours may hold their locks together. */
#define QUEUE_BATCH_NS UINT64_C(1000000)
#define QUEUE_BATCH_MAX 64u

/* What may go, or never will. */
struct grant {
	uint32_t lo, hi; /* positions lo .. hi - 1, for one slot, in order */
	uint32_t kind;
	uint32_t weight;    /* 1 .. slots */
	uint32_t extra;	    /* slots that are reserved for it */
	uint32_t pin;	    /* slot + 1; 0 = any */
	bool doomed;	    /* what it comes after has failed (AFTER-1) */
	uint32_t *numbers;  /* of its locks' units (LOCK-5); the queue's */
};

struct queue {
	const struct plan *plan;
	struct locks locks;
	struct kind *kinds;
	uint32_t n_kinds, cap_kinds;
	uint32_t *next;	      /* of each gated entry: the next of its kind */
	uint32_t *heap;	      /* kinds that may be tried, by their next unit */
	uint32_t n_heap;
	uint32_t *waiting;    /* per lock, group and slot: a list of kinds */
	uint8_t *shut;	      /* of each slot: nothing that is pinned to it goes */
	uint8_t *groups;      /* enum group_state */
	uint32_t last_line;   /* kinds that wait for the end of the body */
	uint32_t turn_line;   /* kinds whose next unit stands further behind */
	uint32_t turn;	      /* where the first of them stands */
	uint32_t front;	      /* how far the body has come */
	bool body_over;
	uint32_t n_slots;
	uint32_t wide;	      /* the kind that waits for room, or QUEUE_NONE */
	uint32_t *wide_numbers;
	uint32_t wide_line;   /* kinds that wait behind it */
	uint32_t gap_line;    /* kinds that gave way */
	bool gap;	      /* there was one: they need not any more */
	uint32_t n_wide;      /* wide units that run */
	uint32_t n_extra;     /* slots that are reserved for them */
	uint32_t n_left;      /* positions that were not granted */
};

#define QUEUE_NONE UINT32_MAX

void queue_open(struct queue *q, const struct plan *plan, uint32_t n_slots);
void queue_close(struct queue *q);

/* The next grant, with its locks taken.  room: how many slots are reserved
 * and idle.  False: nothing can go now. */
bool queue_next(struct queue *q, uint32_t room, struct grant *grant);

/* All of a grant has ended; spent_ns is what its tests took.  Not for doomed
 * ones. */
void queue_end(struct queue *q, const struct grant *grant, uint64_t spent_ns);

/* What a grant holds. */
const struct gated *queue_what(const struct queue *q,
			       const struct grant *grant);

/* How many slots should be reserved (WEIGHT-1), from the top: those that
 * running wide units count beyond their own, and those that the next one waits
 * for.  One that is pinned may have its own among them, and counts whole. */
uint32_t queue_wants_room(const struct queue *q);

/* The wide unit that waits for reserved slots; empty = none does. */
struct range queue_wide(const struct queue *q);
/* It gives way, with its locks and all of its kind, until queue_gap(). */
void queue_give_way(struct queue *q);
/* There is nothing else to do. */
void queue_gap(struct queue *q);

/* One unit that is pinned to this slot may go: until then none does, so that
 * it need not hold its locks until the slot has time for it. */
void queue_open_slot(struct queue *q, uint32_t slot);

/* From this slot on all are reserved: nothing that is pinned to them goes, but
 * the wide unit that they are reserved for. */
void queue_shut_slots(struct queue *q, uint32_t from);

/* So far the body has been taken: what stands in front of that, or right there,
 * may go (GATE-1).  Only forwards; for a plan that is in turn. */
void queue_advance(struct queue *q, uint32_t front);
/* Would some be tried again? */
bool queue_is_due(const struct queue *q, uint32_t front);

/* All that is neither late nor .last nor after a group has ended. */
void queue_body_over(struct queue *q);

/* All members of a group have ended. */
void queue_group_over(struct queue *q, uint32_t group, bool failed);

#endif
