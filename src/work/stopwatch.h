/* SPDX-License-Identifier: MIT */
/*
 * stopwatch.h - how long shared fixtures take: told to the runner in records
 * of their own, and kept out of the time of the test that came first (DEC-7).
 *
 * Tests cost nothing here; a fixture costs two looks at the clock.
 */
#ifndef WORK_STOPWATCH_H
#define WORK_STOPWATCH_H

#include "model/event.h"
#include "work/worker.h"

/* Fixtures were set up, or torn down, since then, for this test and others. */
void stopwatch_stop(struct worker *w, enum fixture_kind kind, bool teardown,
		    uint32_t position, uint64_t start_ns);

/* What set-ups have taken since the last call. */
static inline uint64_t stopwatch_take(struct worker *w)
{
	uint64_t spent_ns = w->fixtures.spent_ns;

	if (unlikely(spent_ns))
		w->fixtures.spent_ns = 0;
	return spent_ns;
}

#endif
