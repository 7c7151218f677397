/* SPDX-License-Identifier: MIT */
#include "algo.h"

#include <inttypes.h>

#include <xxhash.h>

static struct reference_128 narrow(uint64_t low)
{
	return (struct reference_128){ low, 0 };
}

static struct reference_128 wide(XXH128_hash_t h)
{
	return (struct reference_128){ h.low64, h.high64 };
}

/* ---- XXH32 ---- */

static struct reference_128 hash_32(const void *p, size_t len, uint64_t seed)
{
	return narrow(XXH32(p, len, (uint32_t)seed));
}

static struct reference_128 model_32(const void *p, size_t len, uint64_t seed)
{
	return narrow(reference_xxh32(p, len, (uint32_t)seed));
}

static void *create_32(void)
{
	return XXH32_createState();
}

static void free_32(void *state)
{
	XXH32_freeState(state);
}

static void copy_32(void *to, const void *from)
{
	XXH32_copyState(to, from);
}

static void reset_32(void *state, uint64_t seed)
{
	shmrun_require_eq_int(XXH32_reset(state, (uint32_t)seed), XXH_OK);
}

static void update_32(void *state, const void *p, size_t len)
{
	shmrun_require_eq_int(XXH32_update(state, p, len), XXH_OK);
}

static struct reference_128 digest_32(const void *state)
{
	return narrow(XXH32_digest(state));
}

const struct algo algo_xxh32 = {
	.name = "XXH32",
	.hash = hash_32,
	.model = model_32,
	.create = create_32,
	.free = free_32,
	.copy = copy_32,
	.reset = reset_32,
	.update = update_32,
	.digest = digest_32,
};

/* ---- XXH64 ---- */

static struct reference_128 hash_64(const void *p, size_t len, uint64_t seed)
{
	return narrow(XXH64(p, len, seed));
}

static struct reference_128 model_64(const void *p, size_t len, uint64_t seed)
{
	return narrow(reference_xxh64(p, len, seed));
}

static void *create_64(void)
{
	return XXH64_createState();
}

static void free_64(void *state)
{
	XXH64_freeState(state);
}

static void copy_64(void *to, const void *from)
{
	XXH64_copyState(to, from);
}

static void reset_64(void *state, uint64_t seed)
{
	shmrun_require_eq_int(XXH64_reset(state, seed), XXH_OK);
}

static void update_64(void *state, const void *p, size_t len)
{
	shmrun_require_eq_int(XXH64_update(state, p, len), XXH_OK);
}

static struct reference_128 digest_64(const void *state)
{
	return narrow(XXH64_digest(state));
}

const struct algo algo_xxh64 = {
	.name = "XXH64",
	.hash = hash_64,
	.model = model_64,
	.create = create_64,
	.free = free_64,
	.copy = copy_64,
	.reset = reset_64,
	.update = update_64,
	.digest = digest_64,
};

/* ---- XXH3, 64 bits ---- */

static struct reference_128 hash_3_64(const void *p, size_t len, uint64_t seed)
{
	return narrow(seed ? XXH3_64bits_withSeed(p, len, seed)
			   : XXH3_64bits(p, len));
}

static struct reference_128 model_3_64(const void *p, size_t len, uint64_t seed)
{
	return narrow(reference_xxh3_64(p, len, seed));
}

static void *create_3(void)
{
	return XXH3_createState();
}

static void free_3(void *state)
{
	XXH3_freeState(state);
}

static void copy_3(void *to, const void *from)
{
	XXH3_copyState(to, from);
}

static void reset_3_64(void *state, uint64_t seed)
{
	shmrun_require_eq_int(seed ? XXH3_64bits_reset_withSeed(state, seed)
				   : XXH3_64bits_reset(state), XXH_OK);
}

static void update_3_64(void *state, const void *p, size_t len)
{
	shmrun_require_eq_int(XXH3_64bits_update(state, p, len), XXH_OK);
}

static struct reference_128 digest_3_64(const void *state)
{
	return narrow(XXH3_64bits_digest(state));
}

const struct algo algo_xxh3_64 = {
	.name = "XXH3_64bits",
	.hash = hash_3_64,
	.model = model_3_64,
	.create = create_3,
	.free = free_3,
	.copy = copy_3,
	.reset = reset_3_64,
	.update = update_3_64,
	.digest = digest_3_64,
};

/* ---- XXH3, 128 bits ---- */

static struct reference_128 hash_3_128(const void *p, size_t len, uint64_t seed)
{
	return wide(seed ? XXH3_128bits_withSeed(p, len, seed)
			 : XXH3_128bits(p, len));
}

static void reset_3_128(void *state, uint64_t seed)
{
	shmrun_require_eq_int(seed ? XXH3_128bits_reset_withSeed(state, seed)
				   : XXH3_128bits_reset(state), XXH_OK);
}

static void update_3_128(void *state, const void *p, size_t len)
{
	shmrun_require_eq_int(XXH3_128bits_update(state, p, len), XXH_OK);
}

static struct reference_128 digest_3_128(const void *state)
{
	return wide(XXH3_128bits_digest(state));
}

const struct algo algo_xxh3_128 = {
	.name = "XXH3_128bits",
	.hash = hash_3_128,
	.model = reference_xxh3_128,
	.create = create_3,
	.free = free_3,
	.copy = copy_3,
	.reset = reset_3_128,
	.update = update_3_128,
	.digest = digest_3_128,
};

/* ---- checks ---- */

bool algo_same(struct reference_128 a, struct reference_128 b)
{
	return a.low == b.low && a.high == b.high;
}

void algo_check(const struct algo *a, struct reference_128 got,
		struct reference_128 want, size_t len, uint64_t seed)
{
	shmrun_check_true(algo_same(got, want),
			  "%s of %zu bytes, seed %#" PRIx64 ": %016" PRIx64
			  "%016" PRIx64 ", not %016" PRIx64 "%016" PRIx64,
			  a->name, len, seed, got.high, got.low, want.high,
			  want.low);
}

void algo_check_model(const struct algo *a, const uint8_t *input, size_t len,
		      uint64_t seed)
{
	algo_check(a, a->hash(input, len, seed), a->model(input, len, seed),
		   len, seed);
}

uint64_t algo_seed(uint64_t n)
{
	static const uint64_t seeds[ALGO_SEEDS] = {
		0, 1, 0x9E3779B185EBCA8D, UINT64_MAX,
	};

	return seeds[n % ALGO_SEEDS];
}
