/* SPDX-License-Identifier: MIT */
/*
 * sched_longest.c - the longest first (LONG-1); and with known set-up costs a
 * part for each fixture scope, so that a worker stays where it has paid for
 * the set-up (LONG-2, FIX-1 to FIX-7).
 *
 * An .affinity is a fixture scope too, and goes before the scope that a test
 * is defined in.  Nobody learns its cost by itself: it costs what the dearest
 * scope of its tests does.  Set-ups below SETUP_MIN_NS are none (FIX-6).
 */
#include "sched/draft.h"

#include "base/mem.h"
#include "base/vec.h"
#include "sched/keys.h"

#include <stdlib.h>
#include <string.h>

#define SETUP_MIN_NS 100000u

/* A part while it is made.  The first takes all that have no set-up. */
struct heap {
	uint64_t setup_ns;
	double work_ns;
	uint32_t number; /* of its key + 1 */
	uint32_t n, first; /* pieces, sorted */
};

struct heaps {
	struct draft *d;
	struct keys keys;
	struct heap *heaps;
	uint32_t cap;
	struct heaped {
		struct piece piece;
		uint32_t heap;
	} *pieces;
	uint32_t n_pieces, cap_pieces;
};

static uint64_t heaps_scope_hash(const struct test *t)
{
	return keys_hash(KEY_SCOPE, t->suite_ix, t->name, t->scope_len);
}

static struct heap *heaps_get(struct heaps *h, const struct test *t)
{
	const char *affinity = t->attrs->affinity;
	uint32_t i = 1 + keys_add(&h->keys,
				  *affinity ? keys_hash(KEY_GROUP, 0, affinity,
							strlen(affinity))
					    : heaps_scope_hash(t));
	uint32_t old = h->cap;

	if (i >= h->cap) {
		h->cap = max_of(2 * old, 64u);
		h->heaps = mem_resize(h->heaps, h->cap, sizeof(*h->heaps));
		memset(h->heaps + old, 0,
		       (h->cap - old) * sizeof(*h->heaps));
	}
	h->heaps[i].number = i;
	return &h->heaps[i];
}

static void heaps_add(struct heaps *h, const struct piece *piece)
{
	const struct unit *unit = &h->d->u->items[piece->entry];
	const struct test *t = &h->d->u->listing->tests[unit->test_ix];
	struct heap *heap = heaps_get(h, t);

	heap->setup_ns = max_of(heap->setup_ns, costs_setup_ns(h->d->u->costs,
							 unit->test_ix));
	heap->work_ns += unit->bound ? unit->est_ns
				     : unit->est_ns * piece->count;
	vec_room(h->pieces, h->n_pieces, h->cap_pieces);
	h->pieces[h->n_pieces++] = (struct heaped){ *piece, heap->number };
}

/* The one with the most work first (FIX-2); at equal work as listed. */
static int heaps_by_work(const void *va, const void *vb)
{
	const struct heap *a = va, *b = vb;

	if (a->work_ns != b->work_ns)
		return a->work_ns < b->work_ns ? 1 : -1;
	return (a->number > b->number) - (a->number < b->number);
}

/* Those without a set-up become the first. */
static void heaps_merge(struct heaps *h)
{
	uint32_t i;

	for (i = 0; i < h->n_pieces; i++) {
		struct heaped *p = &h->pieces[i];
		struct heap *heap = &h->heaps[p->heap];

		if (heap->setup_ns < SETUP_MIN_NS) {
			h->heaps[0].work_ns += heap->work_ns;
			heap->work_ns = 0;
			heap = h->heaps;
			p->heap = 0;
		}
		heap->n++;
	}
}

/* Numbers of pieces, heap by heap, in order inside each. */
static uint32_t *heaps_sort(struct heaps *h)
{
	uint32_t *sorted = mem_array(h->n_pieces, sizeof(*sorted));
	uint32_t *next = mem_array(h->cap, sizeof(*next));
	uint32_t at = 0, i;

	qsort(h->heaps, h->keys.n + 1, sizeof(*h->heaps), heaps_by_work);
	for (i = 0; i <= h->keys.n; i++) {
		h->heaps[i].first = at;
		next[h->heaps[i].number] = at;
		at += h->heaps[i].n;
	}
	for (i = 0; i < h->n_pieces; i++)
		sorted[next[h->pieces[i].heap]++] = i;
	free(next);
	return sorted;
}

static void heaps_lay(struct heaps *h)
{
	uint32_t *sorted, i, k;

	heaps_merge(h);
	sorted = heaps_sort(h);
	for (i = 0; i <= h->keys.n; i++) {
		const struct heap *heap = &h->heaps[i];
		uint32_t lo = h->d->plan->n_positions;

		for (k = heap->first; k < heap->first + heap->n; k++)
			draft_lay(h->d, &h->pieces[sorted[k]].piece);
		draft_add_part(h->d, lo, heap->number ? heap->setup_ns : 0);
	}
	free(sorted);
}

static void longest_plan(struct draft *d)
{
	struct heaps h = { .d = d };
	struct piece piece;

	if (d->u->costs->n_setups == 0) {
		sched_load.plan(d);
		return;
	}
	draft_lay_canaries(d);
	draft_begin(d, d->plan->n_positions, 0);
	while (draft_next(d, &piece))
		heaps_add(&h, &piece);
	if (h.n_pieces)
		heaps_lay(&h);
	keys_fini(&h.keys);
	free(h.heaps);
	free(h.pieces);
}

const struct sched_ops sched_longest = {
	.name = "longest",
	.help = "the longest test first, by the durations of earlier runs",
	.plan = longest_plan,
	.order = ORDER_HISTORY,
};
