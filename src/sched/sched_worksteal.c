/* SPDX-License-Identifier: MIT */
/*
 * sched_worksteal.c - a slice for each slot, and idle ones steal (STEAL-1 to
 * STEAL-5).
 *
 * In collection order slices are consecutive, so that neighbours stay
 * together; in any other order positions are dealt round robin, or all the
 * long ones would be on the first slot.  Chains cannot be cut by a thief:
 * they lie behind the shared cursor, from which a slot takes when its slice
 * is done.
 */
#include "sched/draft.h"

#include "base/mem.h"
#include "base/vec.h"

#include <stdlib.h>

struct slice {
	struct piece piece;
	uint32_t slot;
};

struct slices {
	struct draft *d;
	struct slice *items; /* in order */
	uint32_t n, cap;
	uint32_t *chains;    /* entries of bound units */
	uint32_t n_chains, cap_chains;
	uint32_t n_positions;
};

static void slices_add(struct slices *s, struct piece piece, uint32_t slot)
{
	vec_room(s->items, s->n, s->cap);
	s->items[s->n++] = (struct slice){ piece, slot };
}

/* Pieces of the body, not dealt yet; the chains apart. */
static void slices_collect(struct slices *s)
{
	struct piece piece;

	draft_begin(s->d, s->d->n_canaries, 0);
	while (draft_next(s->d, &piece)) {
		if (s->d->u->items[piece.entry].bound) {
			vec_room(s->chains, s->n_chains, s->cap_chains);
			s->chains[s->n_chains++] = piece.entry;
			continue;
		}
		slices_add(s, piece, 0);
		s->n_positions += piece.count;
	}
}

/* Slot i gets P / (J - i) of what is left (STEAL-1). */
static void slices_deal_neighbours(struct slices *s, const struct slice *from,
				   uint32_t n)
{
	uint32_t slots = s->d->rq->n_slots, left = s->n_positions;
	uint32_t slot = 0, room = left / slots, i;

	for (i = 0; i < n; i++) {
		struct piece p = from[i].piece;

		while (p.count > 0) {
			struct piece part = p;

			while (room == 0)
				room = left / (slots - ++slot);
			part.count = min_of(p.count, room);
			slices_add(s, part, slot);
			p.offset += part.count;
			p.count -= part.count;
			room -= part.count;
			left -= part.count;
		}
	}
}

/* Slot k gets positions k, k + J, ...; of tests that are alike as many, but
 * neighbours (STEAL-3). */
static void slices_deal_round(struct slices *s, const struct slice *from,
			      uint32_t n)
{
	uint32_t slots = max_of(s->d->rq->n_slots, 1u), slot = 0, i, k;

	for (i = 0; i < n; i++) {
		struct piece part = from[i].piece;
		uint32_t count = part.count;

		for (k = 0; k < min_of(count, slots); k++) {
			part.count = (count - k + slots - 1) / slots;
			slices_add(s, part, (slot + k) % slots);
			part.offset += part.count;
		}
		slot = (slot + count % slots) % slots;
	}
}

/* Counting sort by slot: where those of each slot begin; n_slots + 1. */
static uint32_t *slices_sort(struct slices *s)
{
	uint32_t slots = s->d->rq->n_slots, i;
	uint32_t *first = mem_array((size_t)slots + 2, sizeof(*first));
	struct slice *sorted = mem_array(s->n, sizeof(*sorted));

	for (i = 0; i < s->n; i++)
		first[s->items[i].slot + 2]++;
	for (i = 2; i < slots + 2; i++)
		first[i] += first[i - 1];
	for (i = 0; i < s->n; i++)
		sorted[first[s->items[i].slot + 1]++] = s->items[i];
	free(s->items);
	s->items = sorted;
	return first;
}

static void slices_lay(struct slices *s)
{
	uint32_t *first = slices_sort(s), slot, lo, i;
	struct draft *d = s->d;

	for (slot = 0; slot < d->rq->n_slots; slot++) {
		lo = d->plan->n_positions;
		draft_lay_canary(d, slot);
		for (i = first[slot]; i < first[slot + 1]; i++)
			draft_lay(d, &s->items[i].piece);
		draft_add_deal(d, slot, lo, false);
	}
	lo = d->plan->n_positions;
	for (i = 0; i < s->n_chains; i++)
		draft_lay(d, &(struct piece){ .entry = s->chains[i] });
	draft_add_part(d, lo, 0);
	free(first);
}

static void worksteal_plan(struct draft *d)
{
	struct slices s = { .d = d };
	struct slice *from;
	uint32_t n;

	slices_collect(&s);
	from = s.items;
	n = s.n;
	s.items = NULL;
	s.n = s.cap = 0;
	if (d->rq->ordering.order == ORDER_COLLECTION)
		slices_deal_neighbours(&s, from, n);
	else
		slices_deal_round(&s, from, n);
	free(from);
	slices_lay(&s);
	free(s.items);
	free(s.chains);
}

const struct sched_ops sched_worksteal = {
	.name = "worksteal",
	.help = "a slice for each worker, idle ones steal",
	.plan = worksteal_plan,
	.order = ORDER_COLLECTION,
};
