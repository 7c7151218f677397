/* SPDX-License-Identifier: MIT */
#include "base/compiler.h"
#include "base/vec.h"
#include "run/crew.h"
#include "run/feed.h"
#include "run/plugin_impl.h"

#include <stdlib.h>

/* Against a worker that takes from the other end. */
#define TRIES 8

static struct deque *plugin_place(const struct run *run, uint32_t slot)
{
	return &run->arena.deques[slot].inbox;
}

/* ---- putting ---------------------------------------------------------- */

/* Makes r a part of the last range that waits, if that ends where r begins. */
static bool plugin_join(struct plugin_node *node, struct range r)
{
	struct range *last;

	if (node->first == node->n)
		return false;
	last = &node->queue[node->n - 1];
	if (last->hi != r.lo || range_is_bound(r))
		return false;
	last->hi = r.hi;
	return true;
}

void plugin_inbox_add(struct plugin *p, uint32_t slot, struct range r)
{
	struct plugin_node *node = &p->nodes[slot];

	p->n_queued += range_len(r);
	if (plugin_join(node, r))
		return;
	vec_room(node->queue, node->n, node->cap);
	node->queue[node->n++] = r;
}

static bool plugin_next(struct plugin *p, uint32_t slot, struct range *r)
{
	struct plugin_node *node = &p->nodes[slot];

	if (node->first == node->n)
		return false;
	*r = node->queue[node->first];
	return true;
}

static void plugin_drop(struct plugin *p, uint32_t slot)
{
	struct plugin_node *node = &p->nodes[slot];

	p->n_queued -= range_len(node->queue[node->first++]);
	if (node->first == node->n)
		node->first = node->n = 0;
}

void plugin_inbox_fill(struct run *run)
{
	struct plugin *p = run->plugin;
	struct range r;
	bool any = false;
	uint32_t i;

	for (i = 0; i < run->n_slots && p->n_queued; i++) {
		if (!plugin_next(p, i, &r) ||
		    !deque_try_put(plugin_place(run, i), r))
			continue;
		plugin_drop(p, i);
		any = true;
	}
	/* Who it is for cannot be woken alone. */
	if (any)
		crew_wake_all(run);
}

void plugin_inbox_release(struct run *run)
{
	struct plugin *p = run->plugin;
	struct range r;
	uint32_t i;

	for (i = 0; i < run->n_slots; i++)
		for (; plugin_next(p, i, &r); plugin_drop(p, i))
			feed_behind(run, r);
}

/* ---- taking back ------------------------------------------------------ */

/* From the end of what waits for its inbox. */
static void plugin_recall_queue(struct plugin *p, uint32_t slot, uint32_t max)
{
	struct plugin_node *node = &p->nodes[slot];

	while (node->n > node->first && p->reply->head.n < max) {
		struct range *last = &node->queue[node->n - 1], r = *last;
		uint32_t n = min_of(max - p->reply->head.n, range_len(r));

		if (range_is_bound(r) && n < range_len(r))
			return;
		r = range_free(r);
		r.lo = r.hi - n;
		p->n_queued -= n;
		plugin_hint_unfeed(p, r);
		if (n == range_len(*last))
			node->n--;
		else
			last->hi -= n;
	}
}

/* From the back of what a slot's worker has not taken, as a thief does. */
static void plugin_recall_deque(struct plugin *p, struct deque *d,
				uint32_t max)
{
	int i;

	for (i = 0; i < TRIES && p->reply->head.n < max; i++) {
		struct range seen = deque_peek(d);
		uint32_t n = min_of(max - p->reply->head.n, range_len(seen));

		if (n == 0 || range_is_bound(seen) || seen.hi > p->n)
			return;
		if (deque_try_cut(d, seen, n))
			plugin_hint_unfeed(p, (struct range){ seen.hi - n,
							      seen.hi });
	}
}

void plugin_inbox_recall(struct run *run, uint32_t slot, uint32_t max)
{
	struct plugin *p = run->plugin;

	plugin_recall_queue(p, slot, max);
	plugin_recall_deque(p, plugin_place(run, slot), max);
	plugin_recall_deque(p, &run->arena.deques[slot].deque, max);
}
