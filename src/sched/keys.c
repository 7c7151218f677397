/* SPDX-License-Identifier: MIT */
#include "sched/keys.h"

#include "base/mem.h"

#include <stdlib.h>

/* Where the name is, or where it would be. */
static uint32_t keys_place(const struct keys *k, uint64_t hash)
{
	uint32_t i = (uint32_t)hash & (k->cap - 1);

	while (k->numbers[i] && k->hashes[i] != hash)
		i = (i + 1) & (k->cap - 1);
	return i;
}

static void keys_grow(struct keys *k)
{
	struct keys old = *k;
	uint32_t i;

	k->cap = old.cap ? old.cap * 2 : 64;
	k->hashes = mem_array(k->cap, sizeof(*k->hashes));
	k->numbers = mem_array(k->cap, sizeof(*k->numbers));
	for (i = 0; i < old.cap; i++) {
		uint32_t at;

		if (!old.numbers[i])
			continue;
		at = keys_place(k, old.hashes[i]);
		k->hashes[at] = old.hashes[i];
		k->numbers[at] = old.numbers[i];
	}
	free(old.hashes);
	free(old.numbers);
}

uint32_t keys_add(struct keys *k, uint64_t hash)
{
	uint32_t at;

	if (k->n >= k->cap / 2)
		keys_grow(k);
	at = keys_place(k, hash);
	if (!k->numbers[at]) {
		k->hashes[at] = hash;
		k->numbers[at] = ++k->n;
	}
	return k->numbers[at] - 1;
}

uint32_t keys_find(const struct keys *k, uint64_t hash)
{
	if (k->n == 0)
		return KEYS_NONE;
	return k->numbers[keys_place(k, hash)] - 1; /* of 0: KEYS_NONE */
}

void keys_fini(struct keys *k)
{
	free(k->hashes);
	free(k->numbers);
	*k = (struct keys){ 0 };
}
