/* SPDX-License-Identifier: MIT */
#include "sched/memory.h"

#include "base/compiler.h"
#include "base/mem.h"

#include <stdlib.h>

/* The largest peaks so far; the least of them is at the front. */
struct peaks {
	uint32_t *heap;
	uint32_t n, cap;
};

static void peaks_rise(struct peaks *p, uint32_t at, uint32_t kib)
{
	while (at > 0 && kib < p->heap[(at - 1) / 2]) {
		p->heap[at] = p->heap[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	p->heap[at] = kib;
}

static void peaks_sink(struct peaks *p, uint32_t kib)
{
	uint32_t at = 0, child;

	while ((child = 2 * at + 1) < p->n) {
		if (child + 1 < p->n && p->heap[child + 1] < p->heap[child])
			child++;
		if (kib <= p->heap[child])
			break;
		p->heap[at] = p->heap[child];
		at = child;
	}
	p->heap[at] = kib;
}

static void peaks_add(struct peaks *p, uint32_t kib, uint32_t n)
{
	for (; n > 0; n--) {
		if (p->n < p->cap)
			peaks_rise(p, p->n++, kib);
		else if (kib > p->heap[0])
			peaks_sink(p, kib);
		else
			break;
	}
}

/* Instances of a range share rows. */
static void peaks_add_stretch(struct peaks *p, const struct costs *c,
			      const struct stretch *s)
{
	uint32_t test_ix = s->first.test_ix;
	uint32_t block = costs_block(c->listing->tests[test_ix].count);
	uint32_t index = s->first.index, end = index + s->count;

	while (index < end) {
		uint32_t to = min_of((index / block + 1) * block, end);
		const struct cost *cost =
			&c->rows[costs_row(c, test_ix, index)];

		if (cost->peak_kib)
			peaks_add(p, cost->peak_kib, to - index);
		index = to;
	}
}

static uint64_t memory_largest(const struct costs *c)
{
	uint32_t most = 0, i;

	for (i = 0; i < c->n_rows; i++)
		most = max_of(most, c->rows[i].peak_kib);
	return most * UINT64_C(1024);
}

static int memory_order(const void *va, const void *vb)
{
	const uint32_t *a = va, *b = vb;

	return (*a < *b) - (*a > *b);
}

static struct memory_fit memory_count(const struct peaks *p, uint32_t n_slots,
				      uint64_t bytes)
{
	struct memory_fit fit = { .n = n_slots };
	uint64_t peak;
	uint32_t i;

	qsort(p->heap, p->n, sizeof(*p->heap), memory_order);
	for (i = 0; i < p->n; i++) {
		peak = p->heap[i] * UINT64_C(1024);
		if (fit.sum_bytes + peak > bytes) {
			fit.n = max_of(i, 1u);
			fit.sum_bytes += i ? 0 : peak;
			break;
		}
		fit.sum_bytes += peak;
	}
	return fit;
}

struct memory_fit memory_fit(const struct costs *costs,
			     const struct plan *selected, uint32_t n_slots,
			     uint64_t bytes)
{
	struct peaks p = { .cap = n_slots };
	struct stretch at = { 0 };
	struct memory_fit fit;

	/* Nearly always; a million tests are not looked up for it. */
	if (memory_largest(costs) <= bytes / n_slots)
		return (struct memory_fit){ .n = n_slots };
	p.heap = mem_array(n_slots, sizeof(*p.heap));
	while (plan_walk(selected, &at))
		peaks_add_stretch(&p, costs, &at);
	fit = memory_count(&p, n_slots, bytes);
	free(p.heap);
	return fit;
}
