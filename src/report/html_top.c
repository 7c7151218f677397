/* SPDX-License-Identifier: MIT */
#include "report/html_top.h"

#include "base/mem.h"

#include <stdlib.h>

void html_top_init(struct html_top *t, uint32_t wanted)
{
	*t = (struct html_top){ .wanted = wanted };
	t->items = mem_array(2 * (size_t)wanted + 1, sizeof(*t->items));
}

void html_top_fini(struct html_top *t)
{
	free(t->items);
	*t = (struct html_top){ 0 };
}

static int html_top_compare(const void *a, const void *b)
{
	const struct html_span *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? 1 : -1;
	if (x->position != y->position)
		return x->position < y->position ? -1 : 1;
	return (x->start_ns > y->start_ns) - (x->start_ns < y->start_ns);
}

void html_top_sort(struct html_top *t)
{
	if (t->n == 0)
		return;
	qsort(t->items, t->n, sizeof(*t->items), html_top_compare);
	if (t->n < t->wanted)
		return;
	t->n = t->wanted;
	t->enough = t->items[t->n - 1].key;
}

void html_top_insert(struct html_top *t, const struct html_span *span)
{
	if (t->n == 2 * t->wanted)
		html_top_sort(t);
	if (t->n == 2 * t->wanted)
		return;
	t->items[t->n++] = *span;
}
