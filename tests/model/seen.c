/* SPDX-License-Identifier: MIT */
#include "tests/model/seen.h"

#include <stdlib.h>

static uint64_t *cells; /* 0 = free */
static uint64_t cap, count;

/* The cell that holds it, or the free one where it belongs. */
static uint64_t *seen_cell(uint64_t state)
{
	uint64_t at = (state ^ state >> 31) & (cap - 1);

	while (cells[at] && cells[at] != state)
		at = (at + 1) & (cap - 1);
	return &cells[at];
}

static void seen_grow(void)
{
	uint64_t *old = cells, n = cap, i;

	cap = cap ? cap * 2 : 1 << 14;
	cells = calloc(cap, sizeof(*cells));
	if (!cells)
		abort();
	for (i = 0; i < n; i++)
		if (old[i])
			*seen_cell(old[i]) = old[i];
	free(old);
}

bool seen_add(uint64_t state)
{
	uint64_t *cell;

	if (2 * count >= cap)
		seen_grow();
	state += !state;
	cell = seen_cell(state);
	if (*cell == state)
		return false;
	*cell = state;
	count++;
	return true;
}

uint64_t seen_count(void)
{
	return count;
}

void seen_forget(void)
{
	free(cells);
	cells = NULL;
	cap = count = 0;
}
