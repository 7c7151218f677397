/* SPDX-License-Identifier: MIT */
#include "report/html_bins.h"

#include "base/clock.h"
#include "base/compiler.h"
#include "base/mem.h"

#include <stdlib.h>

#define BIN_FIRST_NS (10 * NS_PER_US)

void html_bins_init(struct html_bins *b, uint32_t n_slots)
{
	*b = (struct html_bins){ .n_slots = n_slots,
				 .width_ns = BIN_FIRST_NS };
	b->busy_ns = mem_array((size_t)n_slots * HTML_BINS,
			       sizeof(*b->busy_ns));
	b->failed = mem_array((size_t)n_slots * HTML_BINS,
			      sizeof(*b->failed));
}

void html_bins_fini(struct html_bins *b)
{
	free(b->busy_ns);
	free(b->failed);
	b->busy_ns = NULL;
	b->failed = NULL;
}

static void html_bins_halve_row(uint64_t *row)
{
	uint32_t i;

	for (i = 0; i < HTML_BINS / 2; i++)
		row[i] = row[2 * i] + row[2 * i + 1];
	for (; i < HTML_BINS; i++)
		row[i] = 0;
}

static void html_bins_halve_marks(uint8_t *row)
{
	uint32_t i;

	for (i = 0; i < HTML_BINS / 2; i++)
		row[i] = row[2 * i] | row[2 * i + 1];
	for (; i < HTML_BINS; i++)
		row[i] = 0;
}

void html_bins_halve(struct html_bins *b)
{
	uint32_t i;

	for (i = 0; i < b->n_slots; i++) {
		html_bins_halve_row(b->busy_ns + (uint64_t)i * HTML_BINS);
		html_bins_halve_marks(b->failed + (uint64_t)i * HTML_BINS);
	}
	html_bins_halve_row(b->ended);
	b->width_ns *= 2;
}

/* Of tests that overlap in one slot, as after a merge, no more is told than
 * that it was busy. */
static void html_bins_put(struct html_bins *b, uint64_t *bin, uint64_t ns)
{
	*bin = min_of(*bin + ns, b->width_ns);
}

static void html_bins_mark(struct html_bins *b, uint32_t slot,
			   uint64_t start_ns, uint64_t end_ns)
{
	uint8_t *row = b->failed + (uint64_t)slot * HTML_BINS;
	uint64_t i;

	for (i = start_ns / b->width_ns; i <= end_ns / b->width_ns; i++)
		row[i] = 1;
}

void html_bins_add(struct html_bins *b, uint32_t slot, uint64_t start_ns,
		   uint64_t duration_ns, bool failed)
{
	uint64_t *row = b->busy_ns + (uint64_t)slot * HTML_BINS;
	uint64_t end_ns = start_ns + duration_ns;
	uint64_t at = start_ns;

	while (end_ns / b->width_ns >= HTML_BINS)
		html_bins_halve(b);
	b->end_ns = max_of(b->end_ns, end_ns);
	b->ended[end_ns / b->width_ns]++;
	if (unlikely(failed))
		html_bins_mark(b, slot, start_ns, end_ns);
	while (at < end_ns) {
		uint64_t bin = at / b->width_ns;
		uint64_t to = min_of((bin + 1) * b->width_ns, end_ns);

		html_bins_put(b, &row[bin], to - at);
		at = to;
	}
}

uint32_t html_bins_fit(struct html_bins *b, uint64_t until_ns)
{
	until_ns = max_of(until_ns, b->end_ns);
	while (until_ns / b->width_ns >= HTML_BINS)
		html_bins_halve(b);
	return (uint32_t)(until_ns / b->width_ns) + 1;
}

bool html_bins_failed(const struct html_bins *b, uint32_t slot, uint32_t lo,
		      uint32_t hi)
{
	const uint8_t *row = b->failed + (uint64_t)slot * HTML_BINS;

	for (hi = min_of(hi, HTML_BINS); lo < hi; lo++)
		if (row[lo])
			return true;
	return false;
}

uint64_t html_bins_sum(const struct html_bins *b, uint32_t bin)
{
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < b->n_slots; i++)
		sum += html_bins_get(b, i, bin) * 1000 / b->width_ns;
	return sum;
}
