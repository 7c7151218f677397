/* SPDX-License-Identifier: MIT */
/* R of the fixture rule is a difference of two of these. */
#include "model/sums.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static struct listing listing;
static struct costs costs;
static struct plan plan;

static void begin(void)
{
	listing_init(&listing);
	listing_add_suite(&listing, "./t.so", "native");
	listing_add_test(&listing, &(struct test){ .name = "A::a",
						   .file = "",
						   .count = 1 });
	listing_add_test(&listing, &(struct test){ .name = "A::b",
						   .file = "",
						   .count = 3,
						   .indexed = true });
	costs_init(&costs, &listing);
	plan_init(&plan);
	plan_add(&plan, 1, 0, 3);
	plan_add(&plan, 0, 0, 1);
}

static void end(void)
{
	plan_fini(&plan);
	costs_fini(&costs);
	listing_fini(&listing);
}

TestSuite(sums, .init = begin, .fini = end);

static void expect(const uint64_t *wanted, const struct costs *known)
{
	uint64_t *sums = sums_make(&plan, known);
	uint32_t i;

	for (i = 0; i <= plan.n_positions; i++)
		cr_expect_eq(sums[i], wanted[i], "%u: %lu", i, sums[i]);
	free(sums);
}

Test(sums, add_up_in_plan_order)
{
	costs.rows[costs_row(&costs, 0, 0)].est_ns = 1000;
	costs.rows[costs_row(&costs, 1, 0)].est_ns = 10;
	costs.rows[costs_row(&costs, 1, 2)].est_ns = 30;
	expect((const uint64_t[]){ 0, 10, 11, 41, 1041 }, &costs);
}

/* As many nanoseconds as tests: a part with something left is never empty. */
Test(sums, count_tests_when_nothing_is_known)
{
	expect((const uint64_t[]){ 0, 1, 2, 3, 4 }, NULL);
}

/* A history that was tampered with. */
Test(sums, of_absurd_estimates_do_not_overflow)
{
	uint64_t *sums;
	uint32_t i;

	for (i = 0; i < costs.n_rows; i++)
		costs.rows[i].est_ns = 3e38f;
	costs.rows[0].est_ns = -1;
	sums = sums_make(&plan, &costs);
	for (i = 0; i < plan.n_positions; i++)
		cr_expect_geq(sums[i + 1], sums[i]);
	free(sums);
}
