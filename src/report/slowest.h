/* SPDX-License-Identifier: MIT */
/*
 * slowest.h - the few slowest of many tests.
 *
 * Fed with every test; one comparison for a test that is not among them.
 * The owner is the summary.
 */
#ifndef REPORT_SLOWEST_H
#define REPORT_SLOWEST_H

#include "base/compiler.h"

#include <stdint.h>

#define SLOWEST_MAX 5

struct slow_test {
	uint64_t duration_ns;
	uint32_t position;
};

/* Zero-initialised = empty. */
struct slowest {
	struct slow_test tests[SLOWEST_MAX]; /* slowest first */
	uint32_t n;
	uint64_t enough_ns; /* what a test must exceed to get in */
};

void slowest_insert(struct slowest *s, uint32_t position, uint64_t duration_ns);

/* Of two equally slow tests the first one stays. */
static inline void slowest_add(struct slowest *s, uint32_t position,
			       uint64_t duration_ns)
{
	if (unlikely(duration_ns > s->enough_ns))
		slowest_insert(s, position, duration_ns);
}

#endif
