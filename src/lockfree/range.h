/* SPDX-License-Identifier: MIT */
/*
 * range.h - a half-open range of plan positions in one 64-bit word: what the
 * ring hands out and what a deque is.
 */
#ifndef LOCKFREE_RANGE_H
#define LOCKFREE_RANGE_H

#include <stdbool.h>
#include <stdint.h>

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

static inline bool range_is_empty(struct range r)
{
	return r.lo >= r.hi;
}

static inline uint32_t range_len(struct range r)
{
	return range_is_empty(r) ? 0 : r.hi - r.lo;
}

#endif
