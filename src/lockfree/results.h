/* SPDX-License-Identifier: MIT */
/*
 * results.h - the record ring of one worker to the runner.
 *
 * One producer, the slot's worker; one consumer, the runner.  A record is one
 * cache line, written before the tail moves.  A worker that dies before that
 * has published nothing; one that dies after has published all of it.
 *
 * Who against whom:
 *	push / pop	safe
 *	reset / push	excluded: only while the slot has no worker
 *
 * The runner copies a record once and then checks the copy: the checksum,
 * and then against the state word (LF-14).  Tail and head are read once and
 * bounded by the capacity; the runner's own head is in its private handle.
 */
#ifndef LOCKFREE_RESULTS_H
#define LOCKFREE_RESULTS_H

#include "base/id.h"
#include "lockfree/atom.h"

#include <stddef.h>
#include <string.h>

/* Not a test's end, but of shared fixtures: what they took (DEC-7). */
#define RECORD_FIXTURE 0x80u
/* What the test used whose record follows: shm/usage.h. */
#define RECORD_USAGE 0x81u

struct record {
	uint32_t position; /* of a fixture: of some test that it is for */
	uint16_t slot;
	uint16_t generation;
	uint8_t outcome; /* enum outcome, or RECORD_* */
	uint8_t leak;	 /* processes were left behind and killed; of a
			  * fixture: it was torn down */
	uint8_t attempt; /* of a fixture: enum fixture_kind */
	uint8_t signo;	     /* fork tier: the test child's death, 0 = none */
	uint16_t n_failures; /* failed checks, UINT16_MAX or more */
	int16_t exit_status; /* fork tier: an early exit, -1 = none */
	uint64_t start_ns;   /* monotonic clock */
	uint64_t duration_ns;
	uint64_t output;     /* the test's output: [output, output_end) */
	uint64_t output_end; /* of the spool */
	uint64_t notes_end;  /* size of the notes after the test */
	uint64_t check;	     /* XXH3-64 of all before it */
};

_Static_assert(sizeof(struct record) == 64, "a record is one cache line");
_Static_assert(offsetof(struct record, check) == 56, "no hidden padding");

struct results {
	struct atom32 tail; /* worker */
	char pad0[ATOM_APART - sizeof(struct atom32)];
	struct atom32 head; /* runner; the worker waits on it when full */
	struct atom32 full; /* the worker, while it waits; the runner wakes */
	char pad1[ATOM_APART - 2 * sizeof(struct atom32)];
};

static inline uint64_t record_checksum(const struct record *r)
{
	return id_bytes(r, offsetof(struct record, check));
}

/* The worker's private handle. */
struct results_writer {
	struct results *results;
	struct record *cells; /* in the arena */
	uint32_t mask;
	uint32_t tail;
	uint32_t room; /* free cells at the last look; a lower bound */
};

/* False when the ring is full. */
static inline bool results_has_room(struct results_writer *w)
{
	uint32_t used;

	if (w->room > 0)
		return true;
	used = w->tail - atom32_load_acquire(&w->results->head); /* R1 */
	w->room = used <= w->mask ? w->mask + 1 - used : 0;
	return w->room > 0;
}

/* Only when results_has_room(). */
static inline void results_push_sp(struct results_writer *w,
				   struct record *record)
{
	record->check = record_checksum(record);
	w->cells[w->tail & w->mask] = *record;
	w->tail++;
	w->room--;
	atom32_store_release(&w->results->tail, w->tail); /* R2 */
}

/* The runner's private handle. */
struct results_reader {
	struct results *results;
	const struct record *cells;
	uint32_t mask;
	uint32_t head;
};

/* How many records wait; never more than the capacity.  *damaged is set when
 * the tail cannot be true. */
static inline uint32_t results_waiting(const struct results_reader *r,
				       bool *damaged)
{
	uint32_t n = atom32_load_acquire(&r->results->tail) - r->head; /* R3 */

	if (n <= r->mask + 1)
		return n;
	*damaged = true;
	return 0;
}

/* Copies the next record, which results_waiting() promised.  False when its
 * checksum does not fit. */
static inline bool results_pop_sc(struct results_reader *r, struct record *out)
{
	memcpy(out, &r->cells[r->head & r->mask], sizeof(*out));
	r->head++;
	return out->check == record_checksum(out);
}

/* Gives the places of all popped records back to the worker. */
static inline void results_release(struct results_reader *r)
{
	atom32_store_release(&r->results->head, r->head); /* R4 */
}

#endif
