/* SPDX-License-Identifier: MIT */
#include "sched/order.h"

#include "base/compiler.h"
#include "base/mem.h"
#include "base/rng.h"
#include "sched/radix.h"

#include <stdlib.h>
#include <string.h>

#define ORDER_PRIORITY_MAX 100

const char *const order_names[] = {
	"default", "collection", "history", "random", "failed-first", NULL,
};

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
	struct radix_key *keys = mem_array(n, sizeof(*keys));
	struct radix_key *spare = mem_array(n, sizeof(*spare)), *sorted;
	uint32_t i;

	for (i = 0; i < n; i++)
		keys[i] = (struct radix_key){
			order_key(u, o, lines, &u->items[entries[i]]),
			entries[i]
		};
	sorted = radix_sort(keys, spare, n);
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
