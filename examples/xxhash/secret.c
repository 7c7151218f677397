/* SPDX-License-Identifier: MIT */
/*
 * secret.c - XXH3 with the caller's secret: any size of it, generated ones,
 * and together with a seed.
 */
#define XXH_STATIC_LINKING_ONLY
#include <xxhash.h>

#include "algo.h"
#include "input.h"

#include <string.h>

/* Sizes REFERENCE_SECRET_MIN .. + N_SIZES - 1 are tried. */
#define N_SIZES 121

/* A secret needs entropy: a part of the input that no test hashes. */
static const uint8_t *secret_bytes(size_t len)
{
	return input_from(INPUT_LEN - 1024 + len % 8);
}

static struct reference_128 wide(XXH128_hash_t h)
{
	return (struct reference_128){ h.low64, h.high64 };
}

static void check_64(size_t len, size_t size)
{
	const uint8_t *secret = secret_bytes(size);

	shmrun_check_eq_uint(
		XXH3_64bits_withSecret(input_from(0), len, secret, size),
		reference_xxh3_64_secret(input_from(0), len, secret, size),
		"%zu bytes, secret of %zu", len, size);
}

static void check_128(size_t len, size_t size)
{
	const uint8_t *secret = secret_bytes(size);

	algo_check(&algo_xxh3_128,
		   wide(XXH3_128bits_withSecret(input_from(0), len, secret,
						size)),
		   reference_xxh3_128_secret(input_from(0), len, secret, size),
		   len, size);
}

/* Every length of 0 .. 255 with every size of the secret. */
SHMRUN_RANGE(xxh3_64, secret, N_SIZES * 256)
{
	uint64_t i = shmrun_index();

	check_64(i / N_SIZES, REFERENCE_SECRET_MIN + i % N_SIZES);
}

SHMRUN_RANGE(xxh3_128, secret, N_SIZES * 256)
{
	uint64_t i = shmrun_index();

	check_128(i / N_SIZES, REFERENCE_SECRET_MIN + i % N_SIZES);
}

/* The size of the secret decides how long a block is: around its ends. */
#define N_AROUND 12

static size_t block_len(uint64_t i, size_t *size)
{
	static const int around[N_AROUND / 2] = { -64, -1, 0, 1, 63, 64 };
	size_t block;

	*size = REFERENCE_SECRET_MIN + i / N_AROUND;
	block = (*size - 64) / 8 * 64;
	return block * (1 + i % 2) + (size_t)around[i % N_AROUND / 2];
}

SHMRUN_RANGE(xxh3_64, secret_block, N_SIZES * N_AROUND)
{
	size_t size, len = block_len(shmrun_index(), &size);

	check_64(len, size);
}

SHMRUN_RANGE(xxh3_128, secret_block, N_SIZES * N_AROUND)
{
	size_t size, len = block_len(shmrun_index(), &size);

	check_128(len, size);
}

/* The same, streamed in two pieces of unequal size. */
SHMRUN_RANGE(xxh3_64, secret_streamed, N_SIZES * N_AROUND)
{
	size_t size, len = block_len(shmrun_index(), &size);
	const uint8_t *secret = secret_bytes(size);
	XXH3_state_t *state = XXH3_createState();

	shmrun_check_eq_int(
		XXH3_64bits_reset_withSecret(state, secret, size), XXH_OK);
	XXH3_64bits_update(state, input_from(0), len / 3);
	XXH3_64bits_update(state, input_from(len / 3), len - len / 3);
	shmrun_check_eq_uint(
		XXH3_64bits_digest(state),
		reference_xxh3_64_secret(input_from(0), len, secret, size));
	XXH3_freeState(state);
}

SHMRUN_RANGE(xxh3_128, secret_streamed, N_SIZES * N_AROUND)
{
	size_t size, len = block_len(shmrun_index(), &size);
	const uint8_t *secret = secret_bytes(size);
	XXH3_state_t *state = XXH3_createState();

	shmrun_check_eq_int(
		XXH3_128bits_reset_withSecret(state, secret, size), XXH_OK);
	XXH3_128bits_update(state, input_from(0), len / 3);
	XXH3_128bits_update(state, input_from(len / 3), len - len / 3);
	algo_check(&algo_xxh3_128, wide(XXH3_128bits_digest(state)),
		   reference_xxh3_128_secret(input_from(0), len, secret, size),
		   len, size);
	XXH3_freeState(state);
}

/* A secret that is too small or absent is refused, for each smaller size. */
SHMRUN_RANGE(secret, too_small, REFERENCE_SECRET_MIN)
{
	size_t size = shmrun_index();
	uint8_t out[REFERENCE_SECRET_MIN];
	XXH3_state_t *state = XXH3_createState();

	shmrun_check_eq_int(XXH3_64bits_reset_withSecret(
				    state, secret_bytes(0), size), XXH_ERROR);
	shmrun_check_eq_int(XXH3_128bits_reset_withSecret(
				    state, secret_bytes(0), size), XXH_ERROR);
	shmrun_check_eq_int(XXH3_generateSecret(out, size, "x", 1), XXH_ERROR);
	XXH3_freeState(state);
}

SHMRUN_TEST(secret, none)
{
	XXH3_state_t *state = XXH3_createState();
	size_t size = REFERENCE_SECRET_LEN;

	shmrun_check_eq_int(
		XXH3_64bits_reset_withSecret(state, NULL, size), XXH_ERROR);
	shmrun_check_eq_int(
		XXH3_128bits_reset_withSecret(state, NULL, size), XXH_ERROR);
	shmrun_check_eq_int(XXH3_generateSecret(NULL, size, "x", 1), XXH_ERROR);
	XXH3_freeState(state);
}

SHMRUN_TEST(state, none)
{
	shmrun_check_eq_int(XXH3_64bits_reset(NULL), XXH_ERROR);
	shmrun_check_eq_int(XXH3_128bits_reset(NULL), XXH_ERROR);
	shmrun_check_eq_int(XXH3_64bits_reset_withSeed(NULL, 1), XXH_ERROR);
	shmrun_check_eq_int(XXH3_128bits_reset_withSeed(NULL, 1), XXH_ERROR);
}

/*
 * Generated from 0 .. 31 bytes, each size of secret: the same again, nothing
 * behind its end, and another one for another seed.
 */
#define N_GENERATED 32

SHMRUN_RANGE(secret, generated, N_SIZES * N_GENERATED)
{
	uint64_t i = shmrun_index();
	size_t size = REFERENCE_SECRET_MIN + i % N_SIZES;
	size_t from = i / N_SIZES;
	uint8_t one[REFERENCE_SECRET_MIN + N_SIZES + 1] = { 0 };
	uint8_t two[REFERENCE_SECRET_MIN + N_SIZES + 1] = { 0 };

	one[size] = 0xA5;
	shmrun_require_eq_int(
		XXH3_generateSecret(one, size, input_from(9), from), XXH_OK);
	shmrun_check_eq_uint(one[size], 0xA5u, "written behind the end");
	shmrun_require_eq_int(
		XXH3_generateSecret(two, size, input_from(9), from), XXH_OK);
	shmrun_check_eq_mem(one, two, size);
	shmrun_require_eq_int(
		XXH3_generateSecret(two, size, input_from(9), from + 1),
		XXH_OK);
	shmrun_check_true(memcmp(one, two, size) != 0);
}

/* The secret of a seed is the one that the seeded hash derives. */
SHMRUN_RANGE(secret, of_a_seed, 2000)
{
	uint64_t seed = shmrun_index() * INPUT_PRIME64;
	uint8_t got[XXH3_SECRET_DEFAULT_SIZE];
	uint8_t want[REFERENCE_SECRET_LEN];

	XXH3_generateSecret_fromSeed(got, seed);
	reference_secret_derive(want, seed);
	shmrun_check_eq_mem(got, want, sizeof(want));
}

/* With both, short inputs take the seed and long ones the secret. */
SHMRUN_RANGE(xxh3_64, secret_and_seed, 1200)
{
	size_t len = shmrun_index(), size = REFERENCE_SECRET_MIN + len % 99;
	const uint8_t *secret = secret_bytes(size);
	uint64_t seed = algo_seed(len);
	uint64_t want = len <= 240
		? reference_xxh3_64(input_from(0), len, seed)
		: reference_xxh3_64_secret(input_from(0), len, secret, size);
	XXH3_state_t *state = XXH3_createState();

	shmrun_check_eq_uint(XXH3_64bits_withSecretandSeed(
				     input_from(0), len, secret, size, seed),
			     want);
	shmrun_check_eq_int(XXH3_64bits_reset_withSecretandSeed(
				    state, secret, size, seed), XXH_OK);
	XXH3_64bits_update(state, input_from(0), len);
	shmrun_check_eq_uint(XXH3_64bits_digest(state), want);
	XXH3_freeState(state);
}

/* Up to this version a 128-bit stream takes a seed of 0 for none, and a short
 * input then takes the secret.  This suite found it. */
#define LAST_LOST_SEED 802

static struct reference_128 stream_128(size_t len, const uint8_t *secret,
				       size_t size, uint64_t seed)
{
	XXH3_state_t *state = XXH3_createState();
	XXH128_hash_t hash;

	shmrun_check_eq_int(XXH3_128bits_reset_withSecretandSeed(
				    state, secret, size, seed), XXH_OK);
	XXH3_128bits_update(state, input_from(0), len);
	hash = XXH3_128bits_digest(state);
	XXH3_freeState(state);
	return wide(hash);
}

SHMRUN_RANGE(xxh3_128, secret_and_seed, 1200)
{
	size_t len = shmrun_index(), size = REFERENCE_SECRET_MIN + len % 99;
	const uint8_t *secret = secret_bytes(size);
	uint64_t seed = algo_seed(len);
	struct reference_128 want = len <= 240
		? reference_xxh3_128(input_from(0), len, seed)
		: reference_xxh3_128_secret(input_from(0), len, secret, size);

	algo_check(&algo_xxh3_128,
		   wide(XXH3_128bits_withSecretandSeed(input_from(0), len,
						       secret, size, seed)),
		   want, len, seed);
	if (seed == 0 && len <= 240 && XXH_versionNumber() <= LAST_LOST_SEED)
		want = reference_xxh3_128_secret(input_from(0), len, secret,
						 size);
	algo_check(&algo_xxh3_128, stream_128(len, secret, size, seed), want,
		   len, seed);
}
