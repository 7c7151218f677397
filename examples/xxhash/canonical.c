/* SPDX-License-Identifier: MIT */
/*
 * canonical.c - hashes as bytes, and 128-bit hashes compared.
 *
 * The canonical form is big endian on every machine.
 */
#include <shmrun.h>

#include <string.h>

#include <xxhash.h>

#include "input.h"

static uint64_t from_big_endian(const unsigned char *bytes, int n)
{
	uint64_t x = 0;

	for (int i = 0; i < n; i++)
		x = x << 8 | bytes[i];
	return x;
}

SHMRUN_RANGE(xxh32, canonical, 4096)
{
	XXH32_hash_t hash = XXH32(input_from(0), shmrun_index(), 1);
	XXH32_canonical_t form;

	XXH32_canonicalFromHash(&form, hash);
	shmrun_check_eq_uint(from_big_endian(form.digest, 4), hash);
	shmrun_check_eq_uint(XXH32_hashFromCanonical(&form), hash);
}

SHMRUN_RANGE(xxh64, canonical, 4096)
{
	XXH64_hash_t hash = XXH64(input_from(0), shmrun_index(), 1);
	XXH64_canonical_t form;

	XXH64_canonicalFromHash(&form, hash);
	shmrun_check_eq_uint(from_big_endian(form.digest, 8), hash);
	shmrun_check_eq_uint(XXH64_hashFromCanonical(&form), hash);
}

/* The high half comes first. */
SHMRUN_RANGE(xxh3_128, canonical, 4096)
{
	XXH128_hash_t hash = XXH3_128bits(input_from(0), shmrun_index());
	XXH128_canonical_t form;
	XXH128_hash_t back;

	XXH128_canonicalFromHash(&form, hash);
	shmrun_check_eq_uint(from_big_endian(form.digest, 8), hash.high64);
	shmrun_check_eq_uint(from_big_endian(form.digest + 8, 8), hash.low64);
	back = XXH128_hashFromCanonical(&form);
	shmrun_check_true(XXH128_isEqual(back, hash));
}

static int sign(int x)
{
	return (x > 0) - (x < 0);
}

/* Comparison is that of the canonical bytes, both ways round. */
SHMRUN_RANGE(xxh3_128, compare, 4096)
{
	XXH128_hash_t a = XXH3_128bits(input_from(0), shmrun_index());
	XXH128_hash_t b = XXH3_128bits(input_from(1), shmrun_index() + 1);
	XXH128_canonical_t ca, cb;
	int order;

	XXH128_canonicalFromHash(&ca, a);
	XXH128_canonicalFromHash(&cb, b);
	order = sign(memcmp(ca.digest, cb.digest, sizeof(ca.digest)));
	shmrun_check_eq_int(sign(XXH128_cmp(&a, &b)), order);
	shmrun_check_eq_int(sign(XXH128_cmp(&b, &a)), -order);
	shmrun_check_eq_int(XXH128_cmp(&a, &a), 0);
}

/* One bit of either half makes two hashes unequal, and is ordered. */
SHMRUN_RANGE(xxh3_128, one_bit_apart, 128)
{
	uint64_t bit = UINT64_C(1) << shmrun_index() % 64;
	XXH128_hash_t a = { 0, 0 }, b = { 0, 0 };

	if (shmrun_index() < 64)
		b.low64 = bit;
	else
		b.high64 = bit;
	shmrun_check_false(XXH128_isEqual(a, b));
	shmrun_check_true(XXH128_isEqual(b, b));
	shmrun_check_lt_int(XXH128_cmp(&a, &b), 0);
	shmrun_check_gt_int(XXH128_cmp(&b, &a), 0);
}

/* A high half outweighs any low one. */
SHMRUN_TEST(xxh3_128, high_half_first)
{
	XXH128_hash_t a = { UINT64_MAX, 1 }, b = { 0, 2 };

	shmrun_check_lt_int(XXH128_cmp(&a, &b), 0);
}
