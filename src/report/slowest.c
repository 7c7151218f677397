/* SPDX-License-Identifier: MIT */
#include "report/slowest.h"

void slowest_insert(struct slowest *s, uint32_t position, uint64_t duration_ns)
{
	uint32_t i;

	if (s->n < SLOWEST_MAX)
		s->n++;
	for (i = s->n - 1; i > 0; i--) {
		if (s->tests[i - 1].duration_ns >= duration_ns)
			break;
		s->tests[i] = s->tests[i - 1];
	}
	s->tests[i] = (struct slow_test){ duration_ns, position };
	if (s->n == SLOWEST_MAX)
		s->enough_ns = s->tests[SLOWEST_MAX - 1].duration_ns;
}
