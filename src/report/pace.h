/* SPDX-License-Identifier: MIT */
/*
 * pace.h - how much of a run is left, for the time that it will take: by what
 * earlier runs took for its tests, else by their number.
 *
 * Of tests that differ much their number says little: the longest may come
 * first, or last.  Where less than half of the work is known it is all there
 * is.  Pure; nothing to free.  Runner only.
 */
#ifndef REPORT_PACE_H
#define REPORT_PACE_H

#include "base/compiler.h"
#include "model/costs.h"
#include "model/event.h"

struct pace {
	const struct costs *costs; /* NULL = count */
	double total_ns, done_ns;
};

/* costs: of the run's tests; NULL = nobody knows. */
void pace_begin(struct pace *p, const struct event_run *run,
		const struct costs *costs);

/* What earlier runs expect of an instance, known or guessed. */
static inline double pace_expected_ns(const struct costs *c, uint32_t test_ix,
				      uint32_t index)
{
	return (double)c->rows[costs_row(c, test_ix, index)].est_ns;
}

/* A test has ended. */
static inline void pace_add(struct pace *p, const struct event_test *test)
{
	if (unlikely(p->costs))
		p->done_ns += pace_expected_ns(p->costs, test->test_ix,
					       test->index);
}

/* Until all have ended; 0 = nobody can say. */
uint64_t pace_left_ns(const struct pace *p, const struct event_run *run,
		      const struct event_progress *progress);

#endif
