/* SPDX-License-Identifier: MIT */
/* In which order units stand (PLAN-4 to PLAN-7, EST-3, SCOPE-2). */
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

TestSuite(order, .init = begin, .fini = end);

static void expect(const char *mode, enum order order, const char *names)
{
	cr_assert_eq(scene_plan(&s, mode, order, 1), 0, "%s", s.err.text);
	cr_expect_str_eq(scene_names(&s, 0, s.plan.n_positions), names, "%s",
			 order_names[order]);
}

/* PLAN-4, EST-3: by est + dev; ties as listed. */
Test(order, history_puts_the_longest_first)
{
	scene_add_many(&s, "S", 5);
	scene_list(&s);
	scene_know(&s, 0, 10);
	scene_know(&s, 1, 30);
	scene_know(&s, 2, 20);
	scene_know(&s, 3, 30);
	scene_know(&s, 4, 20);
	s.costs.rows[4].dev_ns = 11;
	expect("longest", ORDER_DEFAULT, "t4 t1 t3 t2 t0");
	expect("load", ORDER_HISTORY, "t4 t1 t3 t2 t0");
	expect("load", ORDER_DEFAULT, "t0 t1 t2 t3 t4");
}

/* NEW-1, PEER-11: behind the known giants, in front of everything else. */
Test(order, the_unknown_stand_behind_the_giants)
{
	uint32_t i;

	scene_add_many(&s, "S", 102);
	scene_list(&s);
	for (i = 0; i < 100; i++)
		scene_know(&s, i, 1e6 * (i + 1));
	cr_assert_eq(scene_plan(&s, "longest", ORDER_DEFAULT, 1), 0);
	cr_expect_str_eq(scene_names(&s, 0, 5), "t99 t98 t100 t101 t97");
}

Test(order, priority_goes_before_length)
{
	struct attrs low = attrs_default, high = attrs_default;

	low.priority = -100;
	high.priority = 100;
	scene_add(&s, "S", "low", &low);
	scene_add(&s, "S", "plain", NULL);
	scene_add(&s, "S", "high", &high);
	scene_list(&s);
	scene_know(&s, 0, 100);
	scene_know(&s, 1, 50);
	scene_know(&s, 2, 1);
	expect("longest", ORDER_DEFAULT, "high plain low");
	expect("load", ORDER_COLLECTION, "high plain low");
}

/* PLAN-7: and inside each part the mode's default. */
Test(order, failed_first_keeps_the_modes_order_in_each_part)
{
	scene_add_many(&s, "S", 4);
	scene_list(&s);
	scene_know(&s, 0, 1);
	scene_know(&s, 1, 2);
	scene_know(&s, 2, 3);
	scene_know(&s, 3, 4);
	s.costs.rows[0].todo = s.costs.rows[2].todo = true;
	expect("longest", ORDER_FAILED_FIRST, "t2 t0 t3 t1");
	expect("load", ORDER_FAILED_FIRST, "t0 t2 t1 t3");
}

/* PLAN-6: the seed decides, on every machine; golden. */
Test(order, a_seed_means_the_same_everywhere)
{
	struct sched_request rq = { .ops = sched_find("load"),
				    .ordering = { .order = ORDER_RANDOM },
				    .n_slots = 1 };

	scene_add_many(&s, "S", 8);
	scene_list(&s);
	rq.ordering.seed = 42;
	scene_plan_full(&s, &rq);
	cr_expect_str_eq(scene_names(&s, 0, 8), "t4 t3 t2 t0 t7 t6 t1 t5");
	rq.ordering.seed = 43;
	scene_plan_full(&s, &rq);
	cr_expect_str_neq(scene_names(&s, 0, 8), "t4 t3 t2 t0 t7 t6 t1 t5");
}

/* Instances of a range are shuffled one by one. */
Test(order, random_shuffles_inside_a_range)
{
	scene_add_range(&s, "S", "r", 100, NULL);
	scene_list(&s);
	cr_assert_eq(scene_plan(&s, "load", ORDER_RANDOM, 1), 0);
	cr_expect_gt(s.plan.n_segments, 80);
}

/* NAT-14: a range costs the plan nothing per instance. */
Test(order, a_range_stays_one_stretch)
{
	scene_add_range(&s, "S", "r", 1000000, NULL);
	scene_add(&s, "S", "x", NULL);
	scene_list(&s);
	scene_know(&s, 1, 5);
	cr_assert_eq(scene_plan(&s, "longest", ORDER_DEFAULT, 4), 0);
	cr_expect_eq(s.plan.n_segments, 2);
	cr_assert_eq(scene_plan(&s, "worksteal", ORDER_HISTORY, 4), 0);
	cr_expect_leq(s.plan.n_segments, 8);
	cr_assert_eq(scene_plan(&s, "load", ORDER_RANDOM, 4), 0);
	cr_expect_leq(s.plan.n_segments, COSTS_ROWS_MAX + 2);
}

/* SCOPE-2: where times are known numbers say nothing: the scope of one long
 * test is before that of three short ones (not so in pytest-xdist, which only
 * counts: XD-SCOPE-4), in scopes, files and groups. */
Test(order, a_unit_of_few_long_tests_is_before_one_of_many)
{
	static const char *const modes[] = { "loadscope", "loadfile",
					     "loadgroup" };
	static struct attrs many, one;
	uint32_t i;

	many = one = attrs_default;
	many.affinity = "many";
	one.affinity = "one";
	for (i = 0; i < 3; i++) {
		scene_add(&s, "a", (const char *[]){ "x", "y", "z" }[i], &many);
		scene_set_file(&s, "a.c");
	}
	scene_add(&s, "b", "long", &one);
	scene_set_file(&s, "b.c");
	scene_list(&s);
	for (i = 0; i < 3; i++)
		scene_know(&s, i, 1e9);
	scene_know(&s, 3, 4e9);
	for (i = 0; i < 3; i++)
		expect(modes[i], ORDER_DEFAULT, "long x y z");
}

/* SCOPE-2: by time, without any by number of tests, stable. */
Test(order, scopes_by_time_else_by_number)
{
	scene_add_many(&s, "a", 1);
	scene_add_many(&s, "b", 3);
	scene_add_many(&s, "c", 2);
	scene_add_many(&s, "d", 3);
	scene_list(&s);
	expect("loadscope", ORDER_DEFAULT, "t0 t1 t2 t0 t1 t2 t0 t1 t0");
	expect("loadscope", ORDER_COLLECTION, "t0 t0 t1 t2 t0 t1 t0 t1 t2");
	scene_know(&s, 0, 1e9);
	cr_assert_eq(scene_plan(&s, "loadscope", ORDER_DEFAULT, 1), 0);
	/* All others were never seen: as long as the only known one. */
	cr_expect_eq(plan_at(&s.plan, 0).test_ix, 1);
	cr_expect_eq(plan_at(&s.plan, 8).test_ix, 0);
}
