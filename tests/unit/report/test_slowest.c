/* SPDX-License-Identifier: MIT */
/* RPT-12 */
#include "report/slowest.h"

#include "base/rng.h"

#include <criterion/criterion.h>
#include <stdlib.h>

Test(slowest, keeps_fewer_than_it_can)
{
	struct slowest s;

	slowest_init(&s, 5);
	slowest_add(&s, 7, 10);
	slowest_add(&s, 8, 20);
	slowest_sort(&s);
	cr_assert_eq(s.n, 2);
	cr_expect_eq(s.tests[0].position, 8);
	cr_expect_eq(s.tests[1].position, 7);
	slowest_fini(&s);
}

Test(slowest, none_are_wanted)
{
	struct slowest s = { 0 };

	slowest_add(&s, 7, 10);
	slowest_sort(&s);
	cr_expect_eq(s.n, 0);
	slowest_fini(&s);
}

Test(slowest, of_equals_the_first_stay)
{
	struct slowest s;
	uint32_t i;

	slowest_init(&s, 5);
	for (i = 0; i < 20; i++)
		slowest_add(&s, i, 5);
	slowest_sort(&s);
	cr_assert_eq(s.n, 5);
	for (i = 0; i < 5; i++)
		cr_expect_eq(s.tests[i].position, i);
	slowest_fini(&s);
}

static int longer(const void *a, const void *b)
{
	const struct slow_test *x = a, *y = b;

	if (x->duration_ns != y->duration_ns)
		return x->duration_ns < y->duration_ns ? 1 : -1;
	return x->position < y->position ? -1 : 1;
}

Test(slowest, agrees_with_sorting_everything)
{
	struct rng rng = { .state = 1 };
	int round;

	for (round = 0; round < 200; round++) {
		uint32_t n = 1 + rng_below(&rng, 40), i;
		uint32_t wanted = 1 + rng_below(&rng, 9);
		struct slow_test all[40];
		struct slowest s;

		slowest_init(&s, wanted);
		for (i = 0; i < n; i++) {
			all[i].position = i;
			all[i].duration_ns = 1 + rng_below(&rng, 10);
			slowest_add(&s, i, all[i].duration_ns);
		}
		qsort(all, n, sizeof(all[0]), longer);
		slowest_sort(&s);
		cr_assert_eq(s.n, n < wanted ? n : wanted);
		for (i = 0; i < s.n; i++)
			cr_expect_eq(s.tests[i].position, all[i].position,
				     "round %d, place %u", round, i);
		slowest_fini(&s);
	}
}
