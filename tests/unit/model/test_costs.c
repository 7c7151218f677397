/* SPDX-License-Identifier: MIT */
/* Rows for what is listed, and the cost of scopes (FIX-7). */
#include "model/costs.h"

#include <criterion/criterion.h>
#include <string.h>

static struct listing listing;
static struct costs costs;

static void add_test(const char *name, uint32_t count)
{
	listing_add_test(&listing, &(struct test){
		.name = name,
		.file = "t.c",
		.count = count,
		.indexed = count > 1,
		.scope_len = (uint32_t)(strstr(name, "::") - name),
	});
}

static void open_costs(void)
{
	listing_init(&listing);
	listing_add_suite(&listing, "./s.so", "native");
	add_test("a::one", 1);
	add_test("ab::range", 10000);
	listing_add_suite(&listing, "./t.so", "native");
	add_test("ab::few", 3);
	costs_init(&costs, &listing);
}

static void close_costs(void)
{
	costs_fini(&costs);
	listing_fini(&listing);
}

TestSuite(costs, .init = open_costs, .fini = close_costs);

Test(costs, blocks_of_a_large_range_share_a_row)
{
	cr_expect_eq(costs_row(&costs, 0, 0), 0);
	cr_expect_eq(costs_row(&costs, 1, 0), 1);
	cr_expect_eq(costs_row(&costs, 1, 2), 1);
	cr_expect_eq(costs_row(&costs, 1, 3), 2);
	cr_expect_eq(costs_row(&costs, 1, 9999), 3334);
	cr_expect_eq(costs_row(&costs, 2, 0), 3335);
	cr_expect_eq(costs_row(&costs, 2, 2), 3337);
	cr_expect_eq(costs.n_rows, 3338);
}

/* By the whole name, and by suite. */
Test(costs, a_scope_has_its_own_cost)
{
	costs_add_setup(&costs, &(struct cost_setup){ 1, "ab", 30 });
	costs_add_setup(&costs, &(struct cost_setup){ 0, "abc", 40 });
	costs_add_setup(&costs, &(struct cost_setup){ 0, "ab", 20 });
	costs_sort_setups(&costs);
	cr_expect_eq(costs_setup_ns(&costs, 0), 0, "of scope a none is known");
	cr_expect_eq(costs_setup_ns(&costs, 1), 20);
	cr_expect_eq(costs_setup_ns(&costs, 2), 30);
	costs_add_setup(&costs, &(struct cost_setup){ 0, "a", 10 });
	costs_sort_setups(&costs);
	cr_expect_eq(costs_setup_ns(&costs, 0), 10);
}
