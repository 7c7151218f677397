/* SPDX-License-Identifier: MIT */
/*
 * oneshot.c - the library against the model: lengths, alignments, seeds.
 */
#include "algo.h"
#include "input.h"

#define LENGTH_MAX 4096

/* Every length of 0 .. LENGTH_MAX with every seed. */
static void check_length(const struct algo *a)
{
	uint64_t i = shmrun_index();

	algo_check_model(a, input_from(0), i / ALGO_SEEDS, algo_seed(i));
}

ALGO_RANGE(length, (LENGTH_MAX + 1) * ALGO_SEEDS, check_length)

/* Every alignment within a cache line, lengths 0, 5, .. 1275. */
static void check_alignment(const struct algo *a)
{
	uint64_t i = shmrun_index();

	algo_check_model(a, input_from(i % 64), i / 64 * 5, algo_seed(i / 64));
}

ALGO_RANGE(alignment, 64 * 256, check_alignment)

/* Every bit of the seed, in every class of length. */
static void check_seed_bit(const struct algo *a)
{
	uint64_t i = shmrun_index();

	algo_check_model(a, input_from(1), i / 64, UINT64_C(1) << i % 64);
}

/* XXH32 has half a seed, so it is not in ALGO_RANGE here. */
SHMRUN_RANGE(xxh32, seed_bit, 32 * 300)
{
	uint64_t i = shmrun_index();

	algo_check_model(&algo_xxh32, input_from(1), i / 32,
			 UINT64_C(1) << i % 32);
}

SHMRUN_RANGE(xxh64, seed_bit, 64 * 300) { check_seed_bit(&algo_xxh64); }
SHMRUN_RANGE(xxh3_64, seed_bit, 64 * 300) { check_seed_bit(&algo_xxh3_64); }
SHMRUN_RANGE(xxh3_128, seed_bit, 64 * 300) { check_seed_bit(&algo_xxh3_128); }

/* Around each power of two, 4 KiB to 4 MiB. */
static void check_power(const struct algo *a)
{
	uint64_t i = shmrun_index();
	size_t len = ((size_t)4096 << i / 3) + i % 3 - 1;

	algo_check_model(a, input_from(0), len, algo_seed(i));
}

ALGO_RANGE(power_of_two, 11 * 3, check_power)

/* Around the ends of stripes and blocks behind LENGTH_MAX: XXH3 scrambles
 * every 1024 bytes and reads the last 64 bytes twice. */
static void check_block(const struct algo *a)
{
	static const int around[] = { -65, -64, -63, -1, 0, 1, 63, 64, 65 };
	uint64_t i = shmrun_index();
	size_t len = 1024 * (5 + i / 9) + (size_t)around[i % 9];

	algo_check_model(a, input_from(0), len, algo_seed(i / 9));
}

ALGO_RANGE(block_end, 60 * 9, check_block)

/* No bytes at all may be given as no pointer. */
static void check_null(const struct algo *a)
{
	uint64_t seed = algo_seed(shmrun_index());

	algo_check(a, a->hash(NULL, 0, seed), a->model("", 0, seed), 0, seed);
}

ALGO_RANGE(null_is_empty, ALGO_SEEDS, check_null)
