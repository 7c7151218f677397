/* SPDX-License-Identifier: MIT */
#include "record/keymap.h"

#include "base/mem.h"

#include <stdlib.h>

#define CELLS_MIN 16u

static void keymap_allocate(struct keymap *map, uint32_t n_cells)
{
	uint32_t i;

	map->cells = mem_alloc((size_t)n_cells * sizeof(*map->cells));
	map->mask = n_cells - 1;
	map->n = 0;
	for (i = 0; i < n_cells; i++)
		map->cells[i].value = KEYMAP_NONE;
}

void keymap_init(struct keymap *map, uint32_t n)
{
	uint32_t n_cells = CELLS_MIN;

	while (n_cells / 2 < n)
		n_cells *= 2;
	keymap_allocate(map, n_cells);
}

void keymap_fini(struct keymap *map)
{
	free(map->cells);
	*map = (struct keymap){ 0 };
}

/* The key's cell, or the free one where it belongs. */
static struct keymap_cell *keymap_cell(const struct keymap *map, uint64_t key)
{
	uint32_t at = (uint32_t)key & map->mask;

	while (map->cells[at].value != KEYMAP_NONE && map->cells[at].key != key)
		at = (at + 1) & map->mask;
	return &map->cells[at];
}

static void keymap_insert(struct keymap *map, uint64_t key, uint32_t value)
{
	struct keymap_cell *cell = keymap_cell(map, key);

	if (cell->value != KEYMAP_NONE)
		return;
	*cell = (struct keymap_cell){ .key = key, .value = value };
	map->n++;
}

static void keymap_grow(struct keymap *map)
{
	struct keymap old = *map;
	uint32_t i;

	keymap_allocate(map, (old.mask + 1) * 2);
	for (i = 0; i <= old.mask; i++)
		if (old.cells[i].value != KEYMAP_NONE)
			keymap_insert(map, old.cells[i].key,
				      old.cells[i].value);
	free(old.cells);
}

void keymap_put(struct keymap *map, uint64_t key, uint32_t value)
{
	if (map->n > map->mask / 2)
		keymap_grow(map);
	keymap_insert(map, key, value);
}

uint32_t keymap_get(const struct keymap *map, uint64_t key)
{
	return keymap_cell(map, key)->value;
}
