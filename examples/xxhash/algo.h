/* SPDX-License-Identifier: MIT */
/*
 * algo.h - the four hashes behind one face, so that a property is written
 * once and tested for each.
 *
 * Results narrower than 128 bits are in `low`, and XXH32 takes the low half
 * of a seed.  States belong to the caller: create, then free.
 */
#ifndef ALGO_H
#define ALGO_H

#include <shmrun.h>

#include "reference.h"

struct algo {
	const char *name;
	struct reference_128 (*hash)(const void *input, size_t len,
				     uint64_t seed);
	struct reference_128 (*model)(const void *input, size_t len,
				      uint64_t seed);
	void *(*create)(void);
	void (*free)(void *state);
	void (*copy)(void *to, const void *from);
	void (*reset)(void *state, uint64_t seed);
	void (*update)(void *state, const void *input, size_t len);
	struct reference_128 (*digest)(const void *state);
};

extern const struct algo algo_xxh32;
extern const struct algo algo_xxh64;
extern const struct algo algo_xxh3_64;
extern const struct algo algo_xxh3_128;

bool algo_same(struct reference_128 a, struct reference_128 b);

/* Checks that both are the same hash; the texts say of what. */
void algo_check(const struct algo *a, struct reference_128 got,
		struct reference_128 want, size_t len, uint64_t seed);

/* Checks the one-shot hash against the model. */
void algo_check_model(const struct algo *a, const uint8_t *input, size_t len,
		      uint64_t seed);

/* The `n`th of a few seeds worth trying. */
#define ALGO_SEEDS 4
uint64_t algo_seed(uint64_t n);

/* Registers `void test(const struct algo *)` as a range for each hash. */
#define ALGO_RANGE(name, count, test)                                         \
	SHMRUN_RANGE(xxh32, name, count) { test(&algo_xxh32); }               \
	SHMRUN_RANGE(xxh64, name, count) { test(&algo_xxh64); }               \
	SHMRUN_RANGE(xxh3_64, name, count) { test(&algo_xxh3_64); }           \
	SHMRUN_RANGE(xxh3_128, name, count) { test(&algo_xxh3_128); }

#endif
