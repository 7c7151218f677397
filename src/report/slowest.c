/* SPDX-License-Identifier: MIT */
#include "report/slowest.h"

#include "base/mem.h"

#include <stdlib.h>

void slowest_init(struct slowest *s, uint32_t wanted)
{
	*s = (struct slowest){ .wanted = wanted };
	if (wanted > 0)
		s->tests = mem_array(2 * (size_t)wanted, sizeof(*s->tests));
}

void slowest_fini(struct slowest *s)
{
	free(s->tests);
	*s = (struct slowest){ 0 };
}

static int slowest_compare(const void *a, const void *b)
{
	const struct slow_test *x = a, *y = b;

	if (x->duration_ns != y->duration_ns)
		return x->duration_ns < y->duration_ns ? 1 : -1;
	return x->position < y->position ? -1 : 1;
}

void slowest_sort(struct slowest *s)
{
	if (s->n == 0)
		return;
	qsort(s->tests, s->n, sizeof(*s->tests), slowest_compare);
	if (s->n < s->wanted)
		return;
	s->n = s->wanted;
	s->enough_ns = s->tests[s->n - 1].duration_ns;
}

/* Sorting whenever as many again have come makes a test cost the logarithm of
 * how many are wanted. */
void slowest_insert(struct slowest *s, uint32_t position, uint64_t duration_ns)
{
	if (s->n == 2 * s->wanted)
		slowest_sort(s);
	s->tests[s->n++] = (struct slow_test){ duration_ns, position };
}
