/* SPDX-License-Identifier: MIT */
/*
 * html_top.h - the few of many tests with the largest keys, with all that a
 * picture needs of them.
 *
 * As slowest.h, which keeps less.  One comparison for a test that is not
 * among them; memory for twice as many as are wanted.
 */
#ifndef REPORT_HTML_TOP_H
#define REPORT_HTML_TOP_H

#include "base/compiler.h"
#include "model/event.h"

#include <stdint.h>

struct html_span {
	uint64_t key;
	uint64_t start_ns; /* since the run began */
	uint64_t duration_ns;
	uint32_t position;
	uint16_t slot;
	uint8_t outcome;
	uint8_t attempt;
};

struct html_top {
	struct html_span *items; /* largest first after html_top_sort() */
	uint32_t n, wanted;
	uint64_t enough; /* what a key must exceed */
};

void html_top_init(struct html_top *t, uint32_t wanted);
void html_top_fini(struct html_top *t);

void html_top_insert(struct html_top *t, const struct html_span *span);

/* Of equal ones the first in the plan stay. */
static inline void html_top_add(struct html_top *t,
				const struct html_span *span)
{
	if (unlikely(span->key > t->enough || t->n < t->wanted))
		html_top_insert(t, span);
}

/* After the last one. */
void html_top_sort(struct html_top *t);

#endif
