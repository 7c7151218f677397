/* SPDX-License-Identifier: MIT */
/*
 * radix.h - sorts by 64-bit keys, the smallest first, by their bytes from the
 * lowest: stable, a million in some hundredths of a second.  Pure.
 */
#ifndef SCHED_RADIX_H
#define SCHED_RADIX_H

#include <stdint.h>

struct radix_key {
	uint64_t key;
	uint32_t entry;
};

/* Sorts n > 0 of them; where the result lies, which is one of both arrays. */
struct radix_key *radix_sort(struct radix_key *keys, struct radix_key *spare,
			     uint32_t n);

#endif
