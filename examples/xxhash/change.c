/* SPDX-License-Identifier: MIT */
/*
 * change.c - a small change of the input changes the hash.
 */
#include "algo.h"
#include "input.h"

#include <string.h>

/* One length or more of each way an input can be read. */
static const size_t lengths[] = {
	1, 3, 4, 8, 9, 16, 17, 32, 33, 128, 129, 240, 241, 600,
};

#define N_LENGTHS (sizeof(lengths) / sizeof(lengths[0]))
#define LENGTH_MAX 600

static uint64_t count_bits(void)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < N_LENGTHS; i++)
		bits += 8 * lengths[i];
	return bits;
}

/* The length that bit `*bit` of all inputs in a row falls into. */
static size_t find_length(uint64_t *bit)
{
	size_t i = 0;

	while (*bit >= 8 * lengths[i])
		*bit -= 8 * lengths[i++];
	return lengths[i];
}

static void check_flip(const struct algo *a)
{
	uint8_t buffer[LENGTH_MAX];
	uint64_t bit = shmrun_index();
	size_t len = find_length(&bit);
	uint64_t seed = algo_seed(bit);
	struct reference_128 before;

	memcpy(buffer, input_from(0), len);
	before = a->hash(buffer, len, seed);
	buffer[bit / 8] ^= (uint8_t)(1 << bit % 8);
	shmrun_check_false(algo_same(a->hash(buffer, len, seed), before),
			   "bit %u of %zu bytes does not matter", (unsigned)bit,
			   len);
}

SHMRUN_RANGE_FN(xxh32, flipped_bit, count_bits) { check_flip(&algo_xxh32); }
SHMRUN_RANGE_FN(xxh64, flipped_bit, count_bits) { check_flip(&algo_xxh64); }
SHMRUN_RANGE_FN(xxh3_64, flipped_bit, count_bits) { check_flip(&algo_xxh3_64); }
SHMRUN_RANGE_FN(xxh3_128, flipped_bit, count_bits) { check_flip(&algo_xxh3_128); }

/* Zeros are the input whose length is easiest to forget. */
static void check_zeros(const struct algo *a)
{
	static const uint8_t zeros[2049];
	size_t len = shmrun_index();

	shmrun_check_false(algo_same(a->hash(zeros, len, 0),
				     a->hash(zeros, len + 1, 0)),
			   "%zu zeros and one more hash alike", len);
	algo_check_model(a, zeros, len, 0);
}

ALGO_RANGE(zeros, 2048, check_zeros)

/* Bytes just outside of the input do not count. */
static void check_outside(const struct algo *a)
{
	uint8_t buffer[320 + 16];
	size_t len = shmrun_index();
	struct reference_128 before;

	memcpy(buffer, input_from(0), sizeof(buffer));
	before = a->hash(buffer + 8, len, 0);
	memset(buffer, 0xA5, 8);
	memset(buffer + 8 + len, 0xA5, 8);
	algo_check(a, a->hash(buffer + 8, len, 0), before, len, 0);
}

ALGO_RANGE(outside, 321, check_outside)
