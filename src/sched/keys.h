/* SPDX-License-Identifier: MIT */
/*
 * keys.h - small numbers for names: scopes, files, chains, groups.
 *
 * A name is told by its 64-bit hash (base/id.h) with a seed that says what
 * kind of name it is; two names of one kind that hash alike are one.  Numbers
 * come in order of first appearance.  The owner calls keys_fini().
 */
#ifndef SCHED_KEYS_H
#define SCHED_KEYS_H

#include "base/id.h"

#include <stddef.h>
#include <stdint.h>

struct keys {
	uint64_t *hashes; /* open addressing */
	uint32_t *numbers; /* + 1; 0 = free */
	uint32_t cap;
	uint32_t n;
};

#define KEYS_NONE UINT32_MAX

enum key_kind {
	KEY_SCOPE = 1, /* of a suite */
	KEY_FILE,      /* of a suite */
	KEY_CHAIN,     /* .serial; of a suite: another's author never heard
			* of it */
	KEY_NAME,      /* of an .affinity; of the whole run, as all below */
	KEY_GROUP,     /* all .affinity names of a test */
	KEY_LOCK,
};

/* suite_ix: of the kinds that are of a suite, else 0. */
static inline uint64_t keys_hash(enum key_kind kind, uint32_t suite_ix,
				 const char *text, size_t len)
{
	return XXH3_64bits_withSeed(text, len,
				    (uint64_t)kind << 32 | suite_ix);
}

/* The number of a name, a new one if it has none. */
uint32_t keys_add(struct keys *k, uint64_t hash);
/* KEYS_NONE if it has none. */
uint32_t keys_find(const struct keys *k, uint64_t hash);
void keys_fini(struct keys *k);

#endif
