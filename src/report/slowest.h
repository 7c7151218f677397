/* SPDX-License-Identifier: MIT */
/*
 * slowest.h - the few slowest of many tests.
 *
 * Fed with every test; one comparison for a test that is not among them.
 * Memory for twice as many as are wanted.  The owner is the summary.
 */
#ifndef REPORT_SLOWEST_H
#define REPORT_SLOWEST_H

#include "base/compiler.h"

#include <stdint.h>

struct slow_test {
	uint64_t duration_ns;
	uint32_t position;
};

/* Zero-initialised = none are wanted. */
struct slowest {
	struct slow_test *tests; /* slowest first after slowest_sort() */
	uint32_t n, wanted;
	uint64_t enough_ns; /* what a test must exceed to get in */
};

void slowest_init(struct slowest *s, uint32_t wanted);
void slowest_fini(struct slowest *s);

void slowest_insert(struct slowest *s, uint32_t position, uint64_t duration_ns);

/* Of equally slow tests the first in the plan stay. */
static inline void slowest_add(struct slowest *s, uint32_t position,
			       uint64_t duration_ns)
{
	if (unlikely(duration_ns > s->enough_ns) && s->wanted > 0)
		slowest_insert(s, position, duration_ns);
}

/* After the last one: those that are wanted, in order. */
void slowest_sort(struct slowest *s);

#endif
