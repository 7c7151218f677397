/* SPDX-License-Identifier: MIT */
/*
 * reference.h - the xxHash family, written from its specification.
 *
 * An independent model: short, slow, plain C, one function per paragraph of
 * the specification (xxHash fast digest algorithm, version 0.2.0).  It shares
 * no code with the library under test; a mistake must be made twice to hide.
 * Everything is pure: no state, no allocation, any alignment.
 */
#ifndef REFERENCE_H
#define REFERENCE_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of the default secret, and the fewest a secret may have. */
#define REFERENCE_SECRET_LEN 192
#define REFERENCE_SECRET_MIN 136

struct reference_128 {
	uint64_t low, high;
};

uint32_t reference_xxh32(const void *input, size_t len, uint32_t seed);
uint64_t reference_xxh64(const void *input, size_t len, uint64_t seed);

/* XXH3 with a seed; 0 is the unseeded hash. */
uint64_t reference_xxh3_64(const void *input, size_t len, uint64_t seed);
struct reference_128 reference_xxh3_128(const void *input, size_t len,
					uint64_t seed);

/* XXH3 with the caller's secret of at least REFERENCE_SECRET_MIN bytes. */
uint64_t reference_xxh3_64_secret(const void *input, size_t len,
				  const uint8_t *secret, size_t secret_len);
struct reference_128 reference_xxh3_128_secret(const void *input, size_t len,
					       const uint8_t *secret,
					       size_t secret_len);

/* The secret that large inputs use in place of a seed. */
void reference_secret_derive(uint8_t secret[REFERENCE_SECRET_LEN],
			     uint64_t seed);

#endif
