/* SPDX-License-Identifier: MIT */
/* The plan of --stress: a list for each slot, a volley at each place of all of
 * them (decision 0033). */
#include "sched/volleys.h"

#include "scene.h"

#include <criterion/criterion.h>

static struct scene s;
static struct plan selected, plan;

static void begin(void)
{
	scene_init(&s);
	plan_init(&selected);
	plan_init(&plan);
}

static void end(void)
{
	plan_fini(&plan);
	plan_fini(&selected);
	scene_fini(&s);
}

TestSuite(volleys, .init = begin, .fini = end);

/* A range of three, and a test. */
static void lay(uint32_t copies, uint32_t n)
{
	struct err err = { 0 };

	scene_add_range(&s, "T", "many", 3, NULL);
	scene_add(&s, "T", "one", NULL);
	scene_list(&s);
	plan_add(&selected, 0, 0, 3);
	plan_add(&selected, 1, 0, 1);
	volleys_lay(&plan, &selected, copies, n);
	cr_assert_eq(plan_check(&plan, &s.listing, &err), 0, "%s", err.text);
}

Test(volleys, stand_at_one_place_of_all_lists)
{
	uint32_t len, slot, at;

	lay(3, 5);
	len = plan_list_len(&plan);
	cr_assert_eq(len, 5 * 4);
	cr_assert_eq(plan.n_deals, 3);
	for (slot = 0; slot < 3; slot++) {
		cr_expect_eq(plan.deals[slot].slot, slot);
		cr_expect_eq(plan.deals[slot].lo, slot * len);
		cr_expect(plan.deals[slot].bound);
		for (at = 0; at < len; at++) {
			struct instance i = plan_at(&plan, slot * len + at);

			cr_expect_eq(i.test_ix, at % 4 == 3);
			cr_expect_eq(i.index, at % 4 == 3 ? 0 : at % 4);
			cr_expect_eq(plan_turn(&plan, slot * len + at),
				     at / 4 * 3 + slot);
		}
	}
}

Test(volleys, of_one_are_a_plan_too)
{
	lay(2, 1);
	cr_expect_eq(plan.n_positions, 8);
	cr_expect_eq(plan.n_times, 2);
	cr_expect_eq(plan_turn(&plan, 3), 0);
	cr_expect_eq(plan_turn(&plan, 4), 1);
}

Test(volleys, that_are_too_many_are_said_to_be)
{
	plan_add(&selected, 0, 0, 1000);
	volleys_lay(&plan, &selected, 1024, 1000000);
	cr_expect(plan.overflow);
	cr_expect_eq(plan.n_positions, 0);
	plan.overflow = false;
	volleys_lay(&plan, &selected, 1024, 4000000);
	cr_expect(plan.overflow, "their number has no room in 32 bits");
}

Test(volleys, are_not_of_what_stands_alone)
{
	struct attrs a = attrs_default;

	cr_expect_null(volleys_forbid(&a));
	a.lock = "db:r,files:r";
	cr_expect_null(volleys_forbid(&a), "it shares them");
	a.lock = "db:r,files:w";
	cr_expect_not_null(volleys_forbid(&a));
	a.lock = "ports:2";
	cr_expect_not_null(volleys_forbid(&a));
	a = attrs_default;
	a.exclusive = true;
	cr_expect_not_null(volleys_forbid(&a));
	a = attrs_default;
	a.serial = "chain";
	cr_expect_not_null(volleys_forbid(&a));
	a = attrs_default;
	a.after = "others";
	cr_expect_not_null(volleys_forbid(&a));
}
