/* SPDX-License-Identifier: MIT */
/*
 * rng.h - seeded numbers: splitmix64 (Steele, Lea, Flood, OOPSLA 2014).
 *
 * Randomness is an argument (`struct rng *`), so that what runs can be
 * replayed.  Not for secrets.
 */
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include <stdint.h>

struct rng {
	uint64_t state;
};

static inline uint64_t rng_next(struct rng *rng)
{
	uint64_t z = (rng->state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* 0 .. below - 1; below must not be 0.  Lemire's multiply-shift. */
static inline uint32_t rng_below(struct rng *rng, uint32_t below)
{
	return (uint32_t)(((rng_next(rng) >> 32) * below) >> 32);
}

#endif
