/* SPDX-License-Identifier: MIT */
/*
 * keymap.h - from 64-bit hashes to numbers: a table with open addressing,
 * made for a known number of keys.
 *
 * The keys are hashes already, so their lower bits are the place.  The owner
 * frees it with keymap_fini().  Runner only.
 */
#ifndef RECORD_KEYMAP_H
#define RECORD_KEYMAP_H

#include <stdint.h>

#define KEYMAP_NONE UINT32_MAX

struct keymap_cell {
	uint64_t key;
	uint32_t value; /* KEYMAP_NONE = free */
};

struct keymap {
	struct keymap_cell *cells;
	uint32_t mask;
	uint32_t n;
};

/* Room for n keys at first; it grows. */
void keymap_init(struct keymap *map, uint32_t n);
void keymap_fini(struct keymap *map);

/* The first value that was put under a key stays. */
void keymap_put(struct keymap *map, uint64_t key, uint32_t value);
/* KEYMAP_NONE when there is none. */
uint32_t keymap_get(const struct keymap *map, uint64_t key);

#endif
