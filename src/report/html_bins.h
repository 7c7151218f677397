/* SPDX-License-Identifier: MIT */
/*
 * html_bins.h - how busy each slot was, over time, in a bounded number of
 * bins whatever the length of the run: when time runs past the last one, two
 * and two become one.
 *
 * Tests may come in any order.  Times are nanoseconds since the run began.
 */
#ifndef REPORT_HTML_BINS_H
#define REPORT_HTML_BINS_H

#include <stdbool.h>
#include <stdint.h>

#define HTML_BINS 1024u

struct html_bins {
	uint64_t *busy_ns; /* per slot, HTML_BINS each */
	uint8_t *failed;   /* likewise: did any test fail in it? */
	uint64_t ended[HTML_BINS]; /* tests, of all slots */
	uint32_t n_slots;
	uint64_t width_ns;
	uint64_t end_ns; /* of the last test */
};

void html_bins_init(struct html_bins *b, uint32_t n_slots);
void html_bins_fini(struct html_bins *b);

/* slot must be < n_slots. */
void html_bins_add(struct html_bins *b, uint32_t slot, uint64_t start_ns,
		   uint64_t duration_ns, bool failed);

/* Two and two become one. */
void html_bins_halve(struct html_bins *b);

/* How many are needed for so long a run, at most HTML_BINS: the bins are
 * made as wide as that asks for. */
uint32_t html_bins_fit(struct html_bins *b, uint64_t until_ns);

/* Of a bin, within 0 .. width_ns. */
static inline uint64_t html_bins_get(const struct html_bins *b, uint32_t slot,
				     uint32_t bin)
{
	return b->busy_ns[(uint64_t)slot * HTML_BINS + bin];
}

/* In any of the bins lo .. hi - 1? */
bool html_bins_failed(const struct html_bins *b, uint32_t slot, uint32_t lo,
		      uint32_t hi);

/* Slots that were busy, in thousandths of one. */
uint64_t html_bins_sum(const struct html_bins *b, uint32_t bin);

#endif
