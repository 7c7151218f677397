/* SPDX-License-Identifier: MIT */
/*
 * range.h - a half-open range of plan positions in one 64-bit word: what the
 * ring hands out and what a deque is.
 *
 * Positions have 31 bits (PLAN_POSITIONS_MAX), so the top bit of hi is free.
 * It says that the range is bound: a unit of several tests, or its rest, that
 * runs on one slot, in order, and is not for thieves (SHM-2).
 */
#ifndef LOCKFREE_RANGE_H
#define LOCKFREE_RANGE_H

#include <stdbool.h>
#include <stdint.h>

#define RANGE_BOUND UINT32_C(0x80000000)

struct range {
	uint32_t lo, hi; /* positions lo .. hi - 1; empty when lo >= hi */
};

static inline uint64_t range_pack(struct range r)
{
	return (uint64_t)r.hi << 32 | r.lo;
}

static inline struct range range_unpack(uint64_t word)
{
	return (struct range){ .lo = (uint32_t)word,
			       .hi = (uint32_t)(word >> 32) };
}

static inline struct range range_bind(uint32_t lo, uint32_t hi)
{
	return (struct range){ .lo = lo, .hi = hi | RANGE_BOUND };
}

static inline bool range_is_bound(struct range r)
{
	return r.hi & RANGE_BOUND;
}

/* The same positions, without the bit. */
static inline struct range range_free(struct range r)
{
	return (struct range){ .lo = r.lo, .hi = r.hi & ~RANGE_BOUND };
}

static inline bool range_is_empty(struct range r)
{
	return r.lo >= (r.hi & ~RANGE_BOUND);
}

static inline uint32_t range_len(struct range r)
{
	return range_is_empty(r) ? 0 : (r.hi & ~RANGE_BOUND) - r.lo;
}

#endif
