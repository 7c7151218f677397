/* SPDX-License-Identifier: MIT */
/*
 * words.h - little-endian words and wide products for reference.c.
 *
 * Byte by byte and half by half, so that it means the same on every machine
 * and at every alignment.
 */
#ifndef WORDS_H
#define WORDS_H

#include <stdint.h>

struct words_product {
	uint64_t low, high;
};

static inline uint32_t words_get_32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

static inline uint64_t words_get_64(const uint8_t *p)
{
	return words_get_32(p) | (uint64_t)words_get_32(p + 4) << 32;
}

static inline void words_put_64(uint8_t *p, uint64_t x)
{
	for (int i = 0; i < 8; i++)
		p[i] = (uint8_t)(x >> 8 * i);
}

static inline uint32_t words_rotate_32(uint32_t x, int n)
{
	return x << n | x >> (32 - n);
}

static inline uint64_t words_rotate_64(uint64_t x, int n)
{
	return x << n | x >> (64 - n);
}

static inline uint32_t words_swap_32(uint32_t x)
{
	return x << 24 | (x & 0xFF00) << 8 | (x >> 8 & 0xFF00) | x >> 24;
}

static inline uint64_t words_swap_64(uint64_t x)
{
	return (uint64_t)words_swap_32((uint32_t)x) << 32 |
	       words_swap_32((uint32_t)(x >> 32));
}

/* All 128 bits of a * b, by long multiplication in base 2^32. */
static inline struct words_product words_multiply(uint64_t a, uint64_t b)
{
	uint64_t a0 = a & 0xFFFFFFFF, a1 = a >> 32;
	uint64_t b0 = b & 0xFFFFFFFF, b1 = b >> 32;
	uint64_t mid = a1 * b0 + (a0 * b0 >> 32);
	uint64_t low_mid = a0 * b1 + (mid & 0xFFFFFFFF);

	return (struct words_product){
		low_mid << 32 | (a0 * b0 & 0xFFFFFFFF),
		a1 * b1 + (mid >> 32) + (low_mid >> 32),
	};
}

#endif
