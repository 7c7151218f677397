/* SPDX-License-Identifier: MIT */
/* Constraints become gated units and late ranges (section 10). */
#include "scene.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

static struct scene s;
static struct attrs a;

static void begin(void)
{
	scene_init(&s);
	a = attrs_default;
}

static void end(void)
{
	scene_fini(&s);
}

TestSuite(gates, .init = begin, .fini = end);

/* Adds a test with a, which is at its defaults again after it. */
static uint32_t add(const char *name)
{
	uint32_t ix = scene_add(&s, "S", name, &a);

	a = attrs_default;
	return ix;
}

static void plan(const char *mode, uint32_t n_slots)
{
	cr_assert_eq(scene_plan(&s, mode, ORDER_DEFAULT, n_slots), 0, "%s",
		     s.err.text);
}

static void expect_names(uint32_t lo, uint32_t hi, const char *names)
{
	cr_expect_str_eq(scene_names(&s, lo, hi), names);
}

static void refused(const char *words)
{
	cr_expect_eq(scene_plan(&s, "load", ORDER_DEFAULT, 2), -EINVAL);
	cr_expect(strstr(s.err.text, words), "%s", s.err.text);
}

/* GATE-1: in plan order, with where they stand in the body. */
Test(gates, what_needs_something_is_gated)
{
	add("a");
	a.lock = "db";
	add("b");
	add("c");
	a.weight = 2;
	add("d");
	scene_list(&s);
	plan("load", 4);
	expect_names(0, 4, "a c b d");
	cr_assert_eq(s.plan.n_gated, 2);
	cr_expect_eq(s.plan.gated[0].before, 1);
	cr_expect_eq(s.plan.gated[0].n_uses, 1);
	cr_expect_eq(s.plan.gated[0].weight, 1);
	cr_expect_eq(s.plan.gated[0].after, PLAN_NONE);
	cr_expect_eq(s.plan.gated[1].before, 2);
	cr_expect_eq(s.plan.gated[1].weight, 2);
	cr_expect_eq(s.plan.parts[0].hi, 2);
	cr_expect_eq(s.plan.n_units, 4);
}

/* NO-2: with one slot they mean nothing. */
Test(gates, one_slot_needs_no_locks)
{
	a.lock = "db";
	a.weight = 3;
	add("a");
	add("b");
	scene_list(&s);
	plan("no", 1);
	cr_expect_eq(s.plan.n_gated, 0);
	expect_names(0, 2, "a b");
}

/* "k > J is treated as J" */
Test(gates, no_test_weighs_more_than_all_slots)
{
	a.weight = 64;
	add("a");
	scene_list(&s);
	plan("load", 3);
	cr_expect_eq(s.plan.gated[0].weight, 3);
}

/* LOCK-1: in name order within each unit, whatever was written. */
Test(gates, locks_are_taken_in_the_order_of_their_names)
{
	const struct lock_use *use;

	a.lock = "zoo:r, bar ,port:w:3";
	add("a");
	a.lock = "bar:r,port:4";
	add("b");
	scene_list(&s);
	plan("load", 2);
	cr_assert_eq(s.plan.n_locks, 3);
	cr_expect_eq(strncmp(s.plan.locks[0].name, "bar", 3), 0);
	cr_expect_eq(s.plan.locks[0].name_len, 3);
	cr_expect_eq(strncmp(s.plan.locks[1].name, "port", 4), 0);
	cr_expect_eq(s.plan.locks[1].units, 4, "the most that one asks for");
	use = &s.plan.uses[s.plan.gated[0].first_use];
	cr_assert_eq(s.plan.gated[0].n_uses, 3);
	cr_expect(use[0].lock == 0 && !use[0].shared && use[0].units == 1);
	cr_expect(use[1].lock == 1 && !use[1].shared && use[1].units == 3);
	cr_expect(use[2].lock == 2 && use[2].shared);
	use = &s.plan.uses[s.plan.gated[1].first_use];
	cr_expect(use[0].lock == 0 && use[0].shared);
	cr_expect(use[1].lock == 1 && use[1].units == 4);
}

/* Without :units it is all of it. */
Test(gates, exclusive_use_of_a_counted_lock_is_all_of_it)
{
	a.lock = "port:4";
	add("a");
	a.lock = "port";
	add("b");
	scene_list(&s);
	plan("load", 2);
	cr_expect_eq(s.plan.uses[s.plan.gated[1].first_use].units, 4);
}

Test(gates, a_lock_in_two_ways_is_refused)
{
	a.lock = "db:r,db:w";
	add("a");
	scene_list(&s);
	refused("S::a: .lock = \"db:r,db:w\": 'db' is asked for in two ways");
}

Test(gates, a_lock_shared_and_counted_is_refused)
{
	a.lock = "db:r:2";
	add("a");
	scene_list(&s);
	refused("'db' cannot be shared and counted");
}

Test(gates, more_than_there_is_is_refused)
{
	struct lock size = { .name = "port=2", .name_len = 4, .units = 2 };
	struct units_request rq = { .listing = &s.listing,
				    .selected = &s.selected,
				    .costs = &s.costs,
				    .sizes = &size,
				    .n_sizes = 1 };
	struct units u;

	a.lock = "port:3";
	add("a");
	scene_list(&s);
	cr_expect_eq(units_gather(&u, &rq, &s.err), -EINVAL);
	cr_expect_str_eq(s.err.text, "S::a: .lock wants 3 of 'port', and "
				     "there are 2");
	units_fini(&u);
}

/* A bound unit takes at once what any of its tests needs. */
Test(gates, a_unit_needs_what_its_tests_need)
{
	a.lock = "db:r";
	add("a");
	a.lock = "db,x";
	a.weight = 2;
	add("b");
	add("c");
	scene_list(&s);
	plan("loadscope", 4);
	cr_assert_eq(s.plan.n_gated, 1);
	cr_expect_eq(s.plan.gated[0].n_uses, 2);
	cr_expect_eq(s.plan.gated[0].weight, 2);
	cr_expect_not(s.plan.uses[0].shared);
	cr_assert_eq(s.plan.n_bounds, 1);
	cr_expect_eq(s.plan.bounds[0].hi, 3);
	cr_expect_eq(s.plan.n_parts, 0);
}

/* PLAN-3, EXCL-1 */
Test(gates, exclusive_ones_run_behind_the_body_and_last_ones_behind_them)
{
	a.last = true;
	add("last");
	a.exclusive = true;
	add("alone");
	add("body");
	a.lock = "db";
	add("gated");
	a.exclusive = a.last = true;
	add("both");
	scene_list(&s);
	plan("load", 4);
	expect_names(0, 5, "body gated alone both last");
	cr_assert_eq(s.plan.n_late, 2);
	cr_expect(s.plan.late[0].alone && !s.plan.late[1].alone);
	cr_expect_eq(s.plan.late[0].lo, 2);
	cr_expect_eq(s.plan.late[1].lo, 4);
}

static void add_group(const char *name, const char *group, const char *after)
{
	a.affinity = group;
	a.after = after;
	add(name);
}

Test(gates, who_waits_for_a_group_is_gated)
{
	add_group("a", "", "g");
	add_group("b", "g,h", "");
	add_group("c", "g", "");
	scene_list(&s);
	plan("load", 1);
	expect_names(0, 3, "b c a");
	cr_assert_eq(s.plan.n_groups, 1, "nobody waits for h");
	cr_expect_str_eq(s.plan.groups[0].name, "g");
	cr_expect_eq(s.plan.groups[0].n_members, 2);
	cr_expect_eq(s.plan.gated[0].after, 0);
}

/* Adds a test that takes so many seconds. */
static void add_known(const char *name, double seconds, const char *lock,
		      int weight)
{
	if (lock)
		a.lock = lock;
	a.weight = (int16_t)weight;
	a.cost = seconds;
	add(name);
}

/* GATE-1, CLAIM-1: three of 40 s with one lock are 120 s, whatever runs beside
 * them; who only reads, or has a lock for himself, is as long as he is. */
Test(gates, a_line_stands_where_one_of_its_length_would)
{
	add_known("own", 5, "mine", 1);
	add_known("read", 10, "table:r", 1);
	add_known("read", 10, "table:r", 1);
	add_known("x", 40, "db", 1);
	add_known("y", 30, "db", 1);
	add_known("z", 50, "db", 1);
	add_known("port", 20, "port:2", 1);
	add_known("port", 20, "port:2", 1);
	add_known("big", 100, NULL, 1);
	add_known("mid", 15, NULL, 1);
	add_known("low", 1, NULL, 1);
	scene_list(&s);
	plan("longest", 4);
	cr_expect(s.plan.in_turn);
	expect_names(0, 3, "big mid low");
	expect_names(3, 11, "z x y port port read read own");
	cr_expect_eq(s.plan.gated[0].before, 0, "120 s");
	cr_expect_eq(s.plan.gated[2].before, 0);
	cr_expect_eq(s.plan.gated[3].before, 1, "40 s");
	cr_expect_eq(s.plan.gated[5].before, 2, "10 s");
	cr_expect_eq(s.plan.gated[7].before, 2, "5 s");
}

/* WEIGHT-1: as long as nothing runs no slot has to be drained for them, and
 * behind a wider one there is room for a narrower one. */
Test(gates, wide_ones_stand_in_front_the_widest_first)
{
	add_known("body", 1000, NULL, 1);
	add_known("line", 5000, "db", 1);
	add_known("two", 20, NULL, 2);
	add_known("long_three", 10, NULL, 3);
	add_known("short_three", 1, "db", 3);
	add_known("all", 1, NULL, 1000);
	scene_list(&s);
	plan("longest", 4);
	expect_names(0, 6, "body all long_three short_three two line");
	cr_assert_eq(s.plan.n_gated, 5);
	cr_expect_eq(s.plan.gated[3].before, 0);
}

/* A line of which nothing is known may be a long one: it does not wait. */
Test(gates, without_estimates_nobody_waits_for_his_turn)
{
	add("a");
	a.lock = "db";
	add("b");
	scene_list(&s);
	plan("longest", 2);
	cr_expect_not(s.plan.in_turn);
	plan("load", 2);
	cr_expect_not(s.plan.in_turn);
}

/* Who is waited for must not be late, or both would wait for ever. */
Test(gates, who_is_waited_for_is_not_late)
{
	add_group("a", "", "g");
	a.exclusive = true;
	add_group("b", "g", "");
	a.last = true;
	add_group("c", "g", "");
	scene_list(&s);
	plan("load", 4);
	cr_expect_eq(s.plan.n_late, 0);
	cr_assert_eq(s.plan.n_gated, 3);
	cr_expect_eq(s.plan.gated[1].weight, 4, "alone: all slots");
}

/* What was not selected is not waited for. */
Test(gates, a_group_that_is_not_selected_is_not_waited_for)
{
	add_group("a", "", "g");
	add_group("b", "g", "");
	scene_list(&s);
	plan_fini(&s.selected);
	plan_add(&s.selected, 0, 0, 1);
	plan("load", 2);
	cr_expect_eq(s.plan.n_gated, 0);
}

Test(gates, a_group_that_nobody_is_in_is_refused)
{
	add_group("a", "", "gg");
	add_group("b", "g", "");
	scene_list(&s);
	refused("no test names that group");
}

/* AFTER-1: with the circle. */
Test(gates, a_circle_is_refused_and_printed)
{
	add_group("lead", "start", "x");
	add_group("a", "x", "y");
	add_group("b", "y", "z");
	add_group("c", "z", "x");
	scene_list(&s);
	refused("x -> (S::a) -> y -> (S::b) -> z -> (S::c) -> x");
}

Test(gates, a_test_that_waits_for_itself_is_a_circle)
{
	add_group("a", "x", "x");
	scene_list(&s);
	refused("x -> (S::a) -> x");
}

Test(gates, a_diamond_is_no_circle)
{
	add_group("a", "w", "");
	add_group("b", "x", "w");
	add_group("c", "y", "w");
	add_group("d", "z,x", "y");
	scene_list(&s);
	plan("load", 2);
	cr_expect_eq(s.plan.n_gated, 3);
}

/* Else a scope with both would wait for itself. */
Test(gates, who_waits_stands_alone_in_a_scope)
{
	add_group("a", "g", "");
	add_group("b", "", "g");
	add_group("c", "", "");
	scene_list(&s);
	plan("loadscope", 2);
	expect_names(0, 3, "a c b");
	cr_expect_eq(s.plan.n_gated, 1);
}
