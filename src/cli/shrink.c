/* SPDX-License-Identifier: MIT */
#include "cli/shrink.h"

#include "base/compiler.h"
#include "base/mem.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct shrinking {
	const struct shrink *s;
	uint32_t *items;
	uint32_t *part; /* as many: what is asked about */
	uint32_t n;
	uint32_t n_parts;
	bool asked_ones; /* of these parts, or of what is left of them */
	bool stopped;
};

static uint32_t shrink_begin(const struct shrinking *w, uint32_t part)
{
	return (uint32_t)((uint64_t)w->n * part / w->n_parts);
}

/* If so many in w->part do it, they are what there is. */
static bool shrink_to_part(struct shrinking *w, uint32_t n)
{
	enum shrink_answer answer = w->s->ask(w->s->ctx, w->part, n);

	w->stopped = answer == SHRINK_STOP;
	if (answer != SHRINK_YES)
		return false;
	memcpy(w->items, w->part, n * sizeof(*w->items));
	w->n = n;
	return true;
}

/* One part alone. */
static bool shrink_to_one(struct shrinking *w)
{
	uint32_t i;

	if (w->asked_ones && w->n_parts > 2)
		return false;
	w->asked_ones = true;
	for (i = 0; i < w->n_parts && !w->stopped; i++) {
		uint32_t lo = shrink_begin(w, i), hi = shrink_begin(w, i + 1);

		memcpy(w->part, w->items + lo, (hi - lo) * sizeof(*w->part));
		if (shrink_to_part(w, hi - lo)) {
			w->n_parts = 2;
			w->asked_ones = false;
			return true;
		}
	}
	return false;
}

/* All but one; of two parts that was the other one alone. */
static bool shrink_by_one(struct shrinking *w)
{
	uint32_t i;

	for (i = 0; w->n_parts > 2 && i < w->n_parts && !w->stopped; i++) {
		uint32_t lo = shrink_begin(w, i), hi = shrink_begin(w, i + 1);

		memcpy(w->part, w->items, lo * sizeof(*w->part));
		memcpy(w->part + lo, w->items + hi,
		       (w->n - hi) * sizeof(*w->part));
		if (shrink_to_part(w, w->n - (hi - lo))) {
			w->n_parts--;
			return true;
		}
	}
	return false;
}

uint32_t shrink(const struct shrink *s, uint32_t *items, uint32_t n)
{
	struct shrinking w = { .s = s, .items = items, .n = n, .n_parts = 2 };

	w.part = mem_array((size_t)n + 1, sizeof(*w.part));
	while (w.n > 1 && !w.stopped) {
		if (shrink_to_one(&w) || shrink_by_one(&w))
			continue;
		if (w.n_parts == w.n)
			break;
		w.n_parts = w.n_parts > w.n / 2 ? w.n : w.n_parts * 2;
		w.asked_ones = false;
	}
	free(w.part);
	return w.n;
}
