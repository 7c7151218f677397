/* SPDX-License-Identifier: MIT */
#include "sched/order.h"

#include "base/compiler.h"
#include "base/mem.h"
#include "base/rng.h"

#include <stdlib.h>
#include <string.h>

#define ORDER_PRIORITY_MAX 100
#define ORDER_DIGITS 6 /* bytes of a key that are used */

const char *const order_names[] = {
	"default", "collection", "history", "random", "failed-first", NULL,
};

struct order_key {
	uint64_t key;
	uint32_t entry;
};

/* ---- radix sort, the lowest byte first: stable ----------------------- */

struct order_counts {
	uint32_t n[ORDER_DIGITS][256];
};

static unsigned order_digit(const struct order_key *k, unsigned digit)
{
	return (unsigned)(k->key >> (8 * digit)) & 255;
}

static void order_count(struct order_counts *c, const struct order_key *keys,
			uint32_t n)
{
	unsigned d;
	uint32_t i;

	memset(c, 0, sizeof(*c));
	for (i = 0; i < n; i++)
		for (d = 0; d < ORDER_DIGITS; d++)
			c->n[d][order_digit(&keys[i], d)]++;
}

static void order_pass(uint32_t *places, unsigned digit,
		       const struct order_key *from, struct order_key *to,
		       uint32_t n)
{
	uint32_t next = 0, i;

	for (i = 0; i < 256; i++) {
		uint32_t count = places[i];

		places[i] = next;
		next += count;
	}
	for (i = 0; i < n; i++)
		to[places[order_digit(&from[i], digit)]++] = from[i];
}

/* Sorts; where the result lies, which is one of both arrays. */
static struct order_key *order_radix(struct order_key *keys,
				     struct order_key *spare, uint32_t n)
{
	struct order_counts counts;
	unsigned d;

	order_count(&counts, keys, n);
	for (d = 0; d < ORDER_DIGITS; d++) {
		struct order_key *t = keys;

		if (counts.n[d][order_digit(&keys[0], d)] == n)
			continue; /* all the same */
		order_pass(counts.n[d], d, keys, spare, n);
		keys = spare;
		spare = t;
	}
	return keys;
}

/* ---- keys: the smallest first ---------------------------------------- */

/* More comes first.  Floats that are not negative order as their bits do. */
static uint32_t order_descending(float value)
{
	uint32_t bits;

	if (!(value > 0))
		value = 0;
	memcpy(&bits, &value, sizeof(bits));
	return ~bits;
}

static uint32_t order_length(const struct units *u, const struct lines *lines,
			     const struct unit *unit)
{
	if (lines)
		return order_descending(max_of(unit->key_ns,
					       (float)lines_ns(lines, u, unit)));
	if (!u->ranked && unit->bound)
		return order_descending((float)unit->n_tests);
	if (!u->ranked && u->key != UNIT_TEST)
		return order_descending(1);
	return order_descending(unit->key_ns);
}

static uint64_t order_key(const struct units *u, const struct ordering *o,
			  const struct lines *lines, const struct unit *unit)
{
	bool parts = o->order == ORDER_FAILED_FIRST;
	enum order order = parts ? o->rest : o->order;
	uint64_t key = parts && !unit->todo;

	key = key << 8 | (uint8_t)(ORDER_PRIORITY_MAX - unit->priority);
	key <<= 32;
	if (order == ORDER_HISTORY)
		key |= order_length(u, lines, unit);
	return key;
}

/* Fisher and Yates. */
static void order_shuffle(uint64_t seed, uint32_t *entries, uint32_t n)
{
	struct rng rng = { .state = seed };

	for (; n > 1; n--) {
		uint32_t i = rng_below(&rng, n), t = entries[n - 1];

		entries[n - 1] = entries[i];
		entries[i] = t;
	}
}

static void order_by_keys(const struct units *u, const struct ordering *o,
			  const struct lines *lines, uint32_t *entries,
			  uint32_t n)
{
	struct order_key *keys = mem_array(n, sizeof(*keys));
	struct order_key *spare = mem_array(n, sizeof(*spare)), *sorted;
	uint32_t i;

	for (i = 0; i < n; i++)
		keys[i] = (struct order_key){
			order_key(u, o, lines, &u->items[entries[i]]),
			entries[i]
		};
	sorted = order_radix(keys, spare, n);
	for (i = 0; i < n; i++)
		entries[i] = sorted[i].entry;
	free(keys);
	free(spare);
}

void order_sort(const struct units *u, const struct ordering *o,
		const struct lines *lines, uint32_t *entries, uint32_t n)
{
	if (o->order == ORDER_RANDOM) {
		order_shuffle(o->seed, entries, n);
		return;
	}
	if (n < 2)
		return;
	order_by_keys(u, o, NULL, entries, n);
	/* Those of one line stay in the order that they have. */
	if (lines->lock_ns && u->ranked)
		order_by_keys(u, o, lines, entries, n);
}
