/* SPDX-License-Identifier: MIT */
/*
 * ring.h - the shared ring: ranges of positions for anyone.
 *
 * One producer, the runner; many consumers, the workers.  Bounded, lock-free,
 * nobody waits for anybody.  Chunks of the plan go in first; what a dead
 * worker left and what a sweep finds goes in behind.
 *
 * Who against whom:
 *	push / push	excluded: the runner has one thread
 *	push / take	safe
 *	take / take	safe: one wins the compare-and-swap, the others look again
 *
 * Who dies where:
 *	runner		the run is over
 *	take, before the CAS	nothing happened
 *	take, after the CAS	the range is in nobody's hands: its positions
 *			are PENDING and covered by nothing, which the sweep
 *			finds (run/feed.c)
 *
 * A scribbled head, tail or cell gives a wrong *hint* at worst: a taker
 * checks the range against the plan, and only the state word grants a test.
 */
#ifndef LOCKFREE_RING_H
#define LOCKFREE_RING_H

#include "lockfree/atom.h"
#include "lockfree/range.h"

#include <stddef.h>

struct ring {
	struct atom32 head; /* next to take: workers, by CAS */
	char pad0[ATOM_APART - sizeof(struct atom32)];
	struct atom32 tail; /* next to fill: the runner */
	char pad1[ATOM_APART - sizeof(struct atom32)];
	struct atom64 cells[]; /* a power of two of them */
};

static inline size_t ring_size(uint32_t cap)
{
	return sizeof(struct ring) + (size_t)cap * sizeof(struct atom64);
}

/* The runner's private handle: its tail is never read back from the arena. */
struct ring_producer {
	struct ring *ring;
	uint32_t mask;
	uint32_t tail;
};

/* How many cells are taken; more than the capacity when head is damaged. */
static inline uint32_t ring_used(const struct ring_producer *p)
{
	return p->tail - atom32_load_acquire(&p->ring->head); /* N1 */
}

/* False when full. */
static inline bool ring_push_sp(struct ring_producer *p, struct range r)
{
	if (ring_used(p) > p->mask)
		return false;
	atom64_store_relaxed(&p->ring->cells[p->tail & p->mask],
			     range_pack(r)); /* N2 */
	p->tail++;
	atom32_store_release(&p->ring->tail, p->tail); /* N3 */
	return true;
}

/* Puts the tail back that a stray write may have changed. */
static inline void ring_mend(const struct ring_producer *p)
{
	atom32_store_release(&p->ring->tail, p->tail); /* N8 */
}

/* What a consumer saw at the head. */
struct ring_look {
	uint32_t head;
	struct range range;
};

/* False when nothing is there, or more than can be. */
static inline bool ring_peek_mc(const struct ring *ring, uint32_t mask,
				struct ring_look *look)
{
	uint32_t used;

	look->head = atom32_load_acquire(&ring->head); /* N4 */
	used = atom32_load_acquire(&ring->tail) - look->head; /* N5 */
	if (used - 1 > mask)
		return false;
	look->range = range_unpack(atom64_load_relaxed(
		&ring->cells[look->head & mask])); /* N6 */
	return true;
}

/* True when what was seen is ours now; false: look again. */
static inline bool ring_try_take_mc(struct ring *ring,
				    const struct ring_look *look)
{
	uint32_t expected = look->head;

	return atom32_cas_acq_rel(&ring->head, &expected,
				  look->head + 1); /* N7 */
}

#endif
