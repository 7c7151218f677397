/* SPDX-License-Identifier: MIT */
/* What never-seen tests are expected to take (NEW-1, NEW-2, NEW-4). */
#include "scene.h"

#include <criterion/criterion.h>

static struct scene s;

static void begin(void)
{
	scene_init(&s);
}

static void end(void)
{
	scene_fini(&s);
}

TestSuite(estimate, .init = begin, .fini = end);

static const struct cost *row_of(uint32_t test_ix, uint32_t index)
{
	return &s.costs.rows[costs_row(&s.costs, test_ix, index)];
}

/* NEW-2: the ceil(0.99 k)-th smallest. */
Test(estimate, p99_is_the_nearest_rank)
{
	float values[1000], two[] = { 5, 3 };
	uint32_t i;

	for (i = 0; i < 1000; i++)
		values[i] = (float)((i * 7919) % 1000 + 1);
	cr_expect_eq(estimate_p99(values, 1000), 990.0f);
	cr_expect_eq(estimate_p99(two, 2), 5.0f);
	cr_expect_eq(estimate_p99(two, 1), two[0]);
	for (i = 0; i < 100; i++)
		values[i] = (float)(100 - i);
	cr_expect_eq(estimate_p99(values, 100), 99.0f);
	for (i = 0; i < 1000; i++)
		values[i] = 4;
	cr_expect_eq(estimate_p99(values, 1000), 4.0f);
}

/* NEW-1: .cost, then its family, then its suite, then all. */
Test(estimate, the_nearest_that_is_known_speaks_for_the_unknown)
{
	struct attrs cost = attrs_default;
	uint32_t first, family, with_cost, i;

	cost.cost = 2;
	family = scene_add_range(&s, "S", "family", 10, NULL);
	with_cost = scene_add(&s, "S", "cost", &cost);
	first = s.listing.n_tests;
	for (i = 0; i < 21; i++)
		scene_add(&s, "S", "x", NULL);
	listing_add_suite(&s.listing, "./b.so", "native");
	scene_add(&s, "T", "known", NULL);
	scene_add(&s, "T", "unknown", NULL);
	scene_list(&s);
	for (i = 0; i < 20; i++)
		scene_know(&s, first + i, 1e6 * (i + 1));
	scene_know(&s, first + 21, 7e9);
	s.costs.rows[s.costs.first[family]] =
		(struct cost){ .est_ns = 3e6f, .known = true };
	estimate_fill(&s.costs);

	cr_expect_eq(row_of(with_cost, 0)->est_ns, 2e9f);
	cr_expect_eq(row_of(with_cost, 0)->source, COST_ATTRIBUTE);
	cr_expect_eq(row_of(family, 9)->est_ns, 3e6f);
	cr_expect_eq(row_of(family, 9)->source, COST_FAMILY);
	cr_expect_eq(row_of(family, 0)->source, COST_HISTORY);
	cr_expect_eq(row_of(first + 20, 0)->est_ns, 20e6f);
	cr_expect_eq(row_of(first + 20, 0)->source, COST_SUITE);
	/* One known test of its suite is too few: all suites together. */
	cr_expect_eq(row_of(first + 22, 0)->est_ns, 7e9f);
	cr_expect_eq(row_of(first + 22, 0)->source, COST_ALL);
}

/* The history knows better than .cost. */
Test(estimate, what_was_measured_goes_before_the_attribute)
{
	struct attrs cost = attrs_default;

	cost.cost = 2;
	scene_add(&s, "S", "a", &cost);
	scene_list(&s);
	scene_know(&s, 0, 5);
	estimate_fill(&s.costs);
	cr_expect_eq(row_of(0, 0)->est_ns, 5.0f);
}

/* NEW-4 */
Test(estimate, nothing_known_is_nothing_estimated)
{
	scene_add_many(&s, "S", 30);
	scene_list(&s);
	estimate_fill(&s.costs);
	cr_expect_eq(row_of(29, 0)->est_ns, 0.0f);
	cr_expect_eq(row_of(29, 0)->source, COST_NONE);
	cr_expect_eq(scene_plan(&s, "longest", ORDER_DEFAULT, 2), 0);
	cr_expect_str_eq(scene_names(&s, 0, 4), "t0 t1 t2 t3", "LONG-3");
}
