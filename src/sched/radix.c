/* SPDX-License-Identifier: MIT */
#include "sched/radix.h"

#include <string.h>

#define RADIX_DIGITS 8

struct radix_counts {
	uint32_t n[RADIX_DIGITS][256];
};

static unsigned radix_digit(const struct radix_key *k, unsigned digit)
{
	return (unsigned)(k->key >> (8 * digit)) & 255;
}

static void radix_count(struct radix_counts *c, const struct radix_key *keys,
			uint32_t n)
{
	unsigned d;
	uint32_t i;

	memset(c, 0, sizeof(*c));
	for (i = 0; i < n; i++)
		for (d = 0; d < RADIX_DIGITS; d++)
			c->n[d][radix_digit(&keys[i], d)]++;
}

static void radix_pass(uint32_t *places, unsigned digit,
		       const struct radix_key *from, struct radix_key *to,
		       uint32_t n)
{
	uint32_t next = 0, i;

	for (i = 0; i < 256; i++) {
		uint32_t count = places[i];

		places[i] = next;
		next += count;
	}
	for (i = 0; i < n; i++)
		to[places[radix_digit(&from[i], digit)]++] = from[i];
}

struct radix_key *radix_sort(struct radix_key *keys, struct radix_key *spare,
			     uint32_t n)
{
	struct radix_counts counts;
	unsigned d;

	radix_count(&counts, keys, n);
	for (d = 0; d < RADIX_DIGITS; d++) {
		struct radix_key *t = keys;

		if (counts.n[d][radix_digit(&keys[0], d)] == n)
			continue; /* all the same */
		radix_pass(counts.n[d], d, keys, spare, n);
		keys = spare;
		spare = t;
	}
	return keys;
}
