/* SPDX-License-Identifier: MIT */
#include "reference.h"

#include <string.h>

#include "words.h"

static const uint32_t prime32[] = {
	0, 0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F, 0x165667B1,
};

static const uint64_t prime64[] = {
	0,
	0x9E3779B185EBCA87,
	0xC2B2AE3D27D4EB4F,
	0x165667B19E3779F9,
	0x85EBCA77C2B2AE63,
	0x27D4EB2F165667C5,
};

/* ---- XXH32 ---- */

static uint32_t round_32(uint32_t acc, uint32_t lane)
{
	return words_rotate_32(acc + lane * prime32[2], 13) * prime32[1];
}

/* Steps 1 to 3; moves *p behind the last full stripe. */
static uint32_t converge_32(const uint8_t **p, size_t len, uint32_t seed)
{
	static const int turn[4] = { 1, 7, 12, 18 };
	uint32_t acc[4] = { seed + prime32[1] + prime32[2], seed + prime32[2],
			    seed, seed - prime32[1] };
	uint32_t sum = 0;

	for (size_t stripes = len / 16; stripes > 0; stripes--, *p += 16)
		for (int i = 0; i < 4; i++)
			acc[i] = round_32(acc[i], words_get_32(*p + 4 * i));
	for (int i = 0; i < 4; i++)
		sum += words_rotate_32(acc[i], turn[i]);
	return sum;
}

uint32_t reference_xxh32(const void *input, size_t len, uint32_t seed)
{
	const uint8_t *p = input;
	size_t rest = len % 16;
	uint32_t acc = seed + prime32[5];

	if (len >= 16)
		acc = converge_32(&p, len, seed);
	acc += (uint32_t)len;
	for (; rest >= 4; rest -= 4, p += 4) {
		acc += words_get_32(p) * prime32[3];
		acc = words_rotate_32(acc, 17) * prime32[4];
	}
	for (; rest > 0; rest--, p++)
		acc = words_rotate_32(acc + *p * prime32[5], 11) * prime32[1];
	acc = (acc ^ (acc >> 15)) * prime32[2];
	acc = (acc ^ (acc >> 13)) * prime32[3];
	return acc ^ (acc >> 16);
}

/* ---- XXH64 ---- */

static uint64_t round_64(uint64_t acc, uint64_t lane)
{
	return words_rotate_64(acc + lane * prime64[2], 31) * prime64[1];
}

static uint64_t converge_64(const uint8_t **p, size_t len, uint64_t seed)
{
	static const int turn[4] = { 1, 7, 12, 18 };
	uint64_t acc[4] = { seed + prime64[1] + prime64[2], seed + prime64[2],
			    seed, seed - prime64[1] };
	uint64_t sum = 0;

	for (size_t stripes = len / 32; stripes > 0; stripes--, *p += 32)
		for (int i = 0; i < 4; i++)
			acc[i] = round_64(acc[i], words_get_64(*p + 8 * i));
	for (int i = 0; i < 4; i++)
		sum += words_rotate_64(acc[i], turn[i]);
	for (int i = 0; i < 4; i++)
		sum = (sum ^ round_64(0, acc[i])) * prime64[1] + prime64[4];
	return sum;
}

static uint64_t tail_64(uint64_t acc, const uint8_t *p, size_t rest)
{
	for (; rest >= 8; rest -= 8, p += 8) {
		acc ^= round_64(0, words_get_64(p));
		acc = words_rotate_64(acc, 27) * prime64[1] + prime64[4];
	}
	if (rest >= 4) {
		acc ^= words_get_32(p) * prime64[1];
		acc = words_rotate_64(acc, 23) * prime64[2] + prime64[3];
		rest -= 4;
		p += 4;
	}
	for (; rest > 0; rest--, p++)
		acc = words_rotate_64(acc ^ *p * prime64[5], 11) * prime64[1];
	return acc;
}

/* Also the last step of XXH3 for very short inputs. */
static uint64_t avalanche_64(uint64_t x)
{
	x = (x ^ (x >> 33)) * prime64[2];
	x = (x ^ (x >> 29)) * prime64[3];
	return x ^ (x >> 32);
}

uint64_t reference_xxh64(const void *input, size_t len, uint64_t seed)
{
	const uint8_t *p = input;
	uint64_t acc = seed + prime64[5];

	if (len >= 32)
		acc = converge_64(&p, len, seed);
	return avalanche_64(tail_64(acc + len, p, len % 32));
}

/* ---- XXH3 ---- */

static const uint64_t mx1 = 0x165667919E3779F9;
static const uint64_t mx2 = 0x9FB21C651E98DF25;

static const uint8_t default_secret[REFERENCE_SECRET_LEN] = {
	0xb8, 0xfe, 0x6c, 0x39, 0x23, 0xa4, 0x4b, 0xbe, 0x7c, 0x01, 0x81, 0x2c,
	0xf7, 0x21, 0xad, 0x1c, 0xde, 0xd4, 0x6d, 0xe9, 0x83, 0x90, 0x97, 0xdb,
	0x72, 0x40, 0xa4, 0xa4, 0xb7, 0xb3, 0x67, 0x1f, 0xcb, 0x79, 0xe6, 0x4e,
	0xcc, 0xc0, 0xe5, 0x78, 0x82, 0x5a, 0xd0, 0x7d, 0xcc, 0xff, 0x72, 0x21,
	0xb8, 0x08, 0x46, 0x74, 0xf7, 0x43, 0x24, 0x8e, 0xe0, 0x35, 0x90, 0xe6,
	0x81, 0x3a, 0x26, 0x4c, 0x3c, 0x28, 0x52, 0xbb, 0x91, 0xc3, 0x00, 0xcb,
	0x88, 0xd0, 0x65, 0x8b, 0x1b, 0x53, 0x2e, 0xa3, 0x71, 0x64, 0x48, 0x97,
	0xa2, 0x0d, 0xf9, 0x4e, 0x38, 0x19, 0xef, 0x46, 0xa9, 0xde, 0xac, 0xd8,
	0xa8, 0xfa, 0x76, 0x3f, 0xe3, 0x9c, 0x34, 0x3f, 0xf9, 0xdc, 0xbb, 0xc7,
	0xc7, 0x0b, 0x4f, 0x1d, 0x8a, 0x51, 0xe0, 0x4b, 0xcd, 0xb4, 0x59, 0x31,
	0xc8, 0x9f, 0x7e, 0xc9, 0xd9, 0x78, 0x73, 0x64, 0xea, 0xc5, 0xac, 0x83,
	0x34, 0xd3, 0xeb, 0xc3, 0xc5, 0x81, 0xa0, 0xff, 0xfa, 0x13, 0x63, 0xeb,
	0x17, 0x0d, 0xdd, 0x51, 0xb7, 0xf0, 0xda, 0x49, 0xd3, 0x16, 0x55, 0x26,
	0x29, 0xd4, 0x68, 0x9e, 0x2b, 0x16, 0xbe, 0x58, 0x7d, 0x47, 0xa1, 0xfc,
	0x8f, 0xf8, 0xb8, 0xd1, 0x7a, 0xd0, 0x31, 0xce, 0x45, 0xcb, 0x3a, 0x8f,
	0x95, 0x16, 0x04, 0x28, 0xaf, 0xd7, 0xfb, 0xca, 0xbb, 0x4b, 0x40, 0x7e,
};

/* What is hashed, and how. */
struct job {
	const uint8_t *in;
	size_t len;
	const uint8_t *secret;
	size_t secret_len;
	uint64_t seed;
};

static uint64_t avalanche(uint64_t x)
{
	x = (x ^ (x >> 37)) * mx1;
	return x ^ (x >> 32);
}

static uint64_t fold(uint64_t a, uint64_t b)
{
	struct words_product p = words_multiply(a, b);

	return p.low ^ p.high;
}

/* Two neighbouring words of the secret, folded by exclusive or. */
static uint64_t secret_pair_64(const struct job *j, size_t at)
{
	return words_get_64(j->secret + at) ^ words_get_64(j->secret + at + 8);
}

static uint64_t secret_pair_32(const struct job *j, size_t at)
{
	return words_get_32(j->secret + at) ^ words_get_32(j->secret + at + 4);
}

/* The lower half of the 128-bit result is the 64-bit result here. */
static struct reference_128 tiny(const struct job *j)
{
	uint32_t len = (uint32_t)j->len;
	uint32_t all = j->in[len - 1] | len << 8 | (uint32_t)j->in[0] << 16 |
		       (uint32_t)j->in[len / 2] << 24;
	uint32_t turned = words_rotate_32(words_swap_32(all), 13);

	return (struct reference_128){
		avalanche_64((secret_pair_32(j, 0) + j->seed) ^ all),
		avalanche_64((secret_pair_32(j, 8) - j->seed) ^ turned),
	};
}

static uint64_t modified_seed(const struct job *j)
{
	return j->seed ^ (uint64_t)words_swap_32((uint32_t)j->seed) << 32;
}

static uint64_t short_64(const struct job *j)
{
	uint64_t first = words_get_32(j->in);
	uint64_t last = words_get_32(j->in + j->len - 4);
	uint64_t v = secret_pair_64(j, 8) - modified_seed(j);

	v ^= last | first << 32;
	v ^= words_rotate_64(v, 49) ^ words_rotate_64(v, 24);
	v *= mx2;
	v ^= (v >> 35) + j->len;
	v *= mx2;
	return v ^ (v >> 28);
}

static struct reference_128 short_128(const struct job *j)
{
	uint64_t first = words_get_32(j->in);
	uint64_t last = words_get_32(j->in + j->len - 4);
	uint64_t v = secret_pair_64(j, 16) + modified_seed(j);
	struct words_product p;

	v ^= first | last << 32;
	p = words_multiply(v, prime64[1] + (j->len << 2));
	p.high += p.low << 1;
	p.low ^= p.high >> 3;
	p.low = (p.low ^ (p.low >> 35)) * mx2;
	p.low ^= p.low >> 28;
	return (struct reference_128){ p.low, avalanche(p.high) };
}

static uint64_t middle_64(const struct job *j)
{
	uint64_t low = secret_pair_64(j, 24) + j->seed;
	uint64_t high = secret_pair_64(j, 40) - j->seed;

	low ^= words_get_64(j->in);
	high ^= words_get_64(j->in + j->len - 8);
	return avalanche(j->len + words_swap_64(low) + high + fold(low, high));
}

static struct reference_128 middle_128(const struct job *j)
{
	uint64_t first = words_get_64(j->in);
	uint64_t last = words_get_64(j->in + j->len - 8);
	uint64_t a = (secret_pair_64(j, 32) - j->seed) ^ first ^ last;
	uint64_t b = (secret_pair_64(j, 48) + j->seed) ^ last;
	struct words_product p = words_multiply(a, prime64[1]);
	struct words_product q;

	p.low += (uint64_t)(j->len - 1) << 54;
	p.high += (b >> 32 << 32) + (b & 0xFFFFFFFF) * prime32[2];
	p.low ^= words_swap_64(p.high);
	q = words_multiply(p.low, prime64[2]);
	q.high += p.high * prime64[2];
	return (struct reference_128){ avalanche(q.low), avalanche(q.high) };
}

/* ---- 17 to 240 bytes ---- */

static uint64_t mix(const struct job *j, size_t at, size_t secret_at,
		    uint64_t seed)
{
	const uint8_t *data = j->in + at;
	const uint8_t *secret = j->secret + secret_at;

	return fold(words_get_64(data) ^ (words_get_64(secret) + seed),
		    words_get_64(data + 8) ^ (words_get_64(secret + 8) - seed));
}

static uint64_t medium_64(const struct job *j)
{
	uint64_t acc = j->len * prime64[1];

	if (j->len <= 128) {
		for (size_t i = (j->len - 1) / 32 + 1; i-- > 0;) {
			acc += mix(j, 16 * i, 32 * i, j->seed);
			acc += mix(j, j->len - 16 * i - 16, 32 * i + 16,
				   j->seed);
		}
		return avalanche(acc);
	}
	for (size_t i = 0; i < 8; i++)
		acc += mix(j, 16 * i, 16 * i, j->seed);
	acc = avalanche(acc);
	for (size_t i = 8; i < j->len / 16; i++)
		acc += mix(j, 16 * i, 16 * (i - 8) + 3, j->seed);
	return avalanche(acc + mix(j, j->len - 16, 119, j->seed));
}

static uint64_t sum_of_two(const uint8_t *data)
{
	return words_get_64(data) + words_get_64(data + 8);
}

static void mix_two(const struct job *j, uint64_t acc[2], size_t one,
		    size_t two, size_t secret_at, uint64_t seed)
{
	acc[0] += mix(j, one, secret_at, seed);
	acc[1] += mix(j, two, secret_at + 16, seed);
	acc[0] ^= sum_of_two(j->in + two);
	acc[1] ^= sum_of_two(j->in + one);
}

static void medium_long_128(const struct job *j, uint64_t acc[2])
{
	for (size_t i = 0; i < 4; i++)
		mix_two(j, acc, 32 * i, 32 * i + 16, 32 * i, j->seed);
	acc[0] = avalanche(acc[0]);
	acc[1] = avalanche(acc[1]);
	for (size_t i = 4; i < j->len / 32; i++)
		mix_two(j, acc, 32 * i, 32 * i + 16, 32 * (i - 4) + 3,
			j->seed);
	mix_two(j, acc, j->len - 16, j->len - 32, 103, 0 - j->seed);
}

static struct reference_128 medium_128(const struct job *j)
{
	uint64_t acc[2] = { j->len * prime64[1], 0 };
	uint64_t high;

	if (j->len > 128)
		medium_long_128(j, acc);
	else
		for (size_t i = (j->len - 1) / 32 + 1; i-- > 0;)
			mix_two(j, acc, 16 * i, j->len - 16 * i - 16, 32 * i,
				j->seed);
	high = acc[0] * prime64[1] + acc[1] * prime64[4] +
	       (j->len - j->seed) * prime64[2];
	return (struct reference_128){ avalanche(acc[0] + acc[1]),
				       0 - avalanche(high) };
}

/* ---- more than 240 bytes ---- */

static void accumulate(uint64_t acc[8], const uint8_t *stripe,
		       const uint8_t *secret)
{
	for (size_t i = 0; i < 8; i++) {
		uint64_t lane = words_get_64(stripe + 8 * i);
		uint64_t value = lane ^ words_get_64(secret + 8 * i);

		acc[i ^ 1] += lane;
		acc[i] += (value & 0xFFFFFFFF) * (value >> 32);
	}
}

static void scramble(uint64_t acc[8], const uint8_t *secret)
{
	for (size_t i = 0; i < 8; i++) {
		acc[i] ^= acc[i] >> 47;
		acc[i] ^= words_get_64(secret + 8 * i);
		acc[i] *= prime32[1];
	}
}

static void consume(const struct job *j, uint64_t acc[8])
{
	const uint8_t *p = j->in;
	const uint8_t *end = j->in + j->len;
	size_t stripes = (j->secret_len - 64) / 8;
	size_t n = 0;

	while ((size_t)(end - p) > 64) {
		if (n == stripes) {
			scramble(acc, j->secret + j->secret_len - 64);
			n = 0;
		}
		accumulate(acc, p, j->secret + 8 * n++);
		p += 64;
	}
	/* The last stripe begins a block, so the one before it is complete. */
	if (n == stripes)
		scramble(acc, j->secret + j->secret_len - 64);
	accumulate(acc, end - 64, j->secret + j->secret_len - 71);
}

static uint64_t merge(const uint64_t acc[8], uint64_t sum,
		      const uint8_t *secret)
{
	for (size_t i = 0; i < 4; i++)
		sum += fold(acc[2 * i] ^ words_get_64(secret + 16 * i),
			    acc[2 * i + 1] ^ words_get_64(secret + 16 * i + 8));
	return avalanche(sum);
}

static struct reference_128 large(const struct job *j)
{
	uint64_t acc[8] = { prime32[3], prime64[1], prime64[2], prime64[3],
			    prime64[4], prime32[2], prime64[5], prime32[1] };

	consume(j, acc);
	return (struct reference_128){
		merge(acc, j->len * prime64[1], j->secret + 11),
		merge(acc, ~(j->len * prime64[2]),
		      j->secret + j->secret_len - 75),
	};
}

/* ---- by length ---- */

static uint64_t xxh3_64(const struct job *j)
{
	if (j->len == 0)
		return avalanche_64(j->seed ^ secret_pair_64(j, 56));
	if (j->len <= 3)
		return tiny(j).low;
	if (j->len <= 8)
		return short_64(j);
	if (j->len <= 16)
		return middle_64(j);
	return j->len <= 240 ? medium_64(j) : large(j).low;
}

static struct reference_128 xxh3_128(const struct job *j)
{
	if (j->len == 0)
		return (struct reference_128){
			avalanche_64(j->seed ^ secret_pair_64(j, 64)),
			avalanche_64(j->seed ^ secret_pair_64(j, 80)),
		};
	if (j->len <= 3)
		return tiny(j);
	if (j->len <= 8)
		return short_128(j);
	if (j->len <= 16)
		return middle_128(j);
	return j->len <= 240 ? medium_128(j) : large(j);
}

void reference_secret_derive(uint8_t secret[REFERENCE_SECRET_LEN],
			     uint64_t seed)
{
	for (size_t at = 0; at < REFERENCE_SECRET_LEN; at += 8)
		words_put_64(secret + at, words_get_64(default_secret + at) +
						  (at % 16 ? 0 - seed : seed));
}

/* A seed becomes a secret when the input is large. */
static struct job seeded(const void *input, size_t len, uint64_t seed,
			 uint8_t derived[REFERENCE_SECRET_LEN])
{
	struct job j = { input, len, default_secret, REFERENCE_SECRET_LEN,
			 seed };

	if (len > 240) {
		reference_secret_derive(derived, seed);
		j.secret = derived;
	}
	return j;
}

uint64_t reference_xxh3_64(const void *input, size_t len, uint64_t seed)
{
	uint8_t derived[REFERENCE_SECRET_LEN];
	struct job j = seeded(input, len, seed, derived);

	return xxh3_64(&j);
}

struct reference_128 reference_xxh3_128(const void *input, size_t len,
					uint64_t seed)
{
	uint8_t derived[REFERENCE_SECRET_LEN];
	struct job j = seeded(input, len, seed, derived);

	return xxh3_128(&j);
}

uint64_t reference_xxh3_64_secret(const void *input, size_t len,
				  const uint8_t *secret, size_t secret_len)
{
	return xxh3_64(&(struct job){ input, len, secret, secret_len, 0 });
}

struct reference_128 reference_xxh3_128_secret(const void *input, size_t len,
					       const uint8_t *secret,
					       size_t secret_len)
{
	return xxh3_128(&(struct job){ input, len, secret, secret_len, 0 });
}
