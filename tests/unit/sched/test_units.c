/* SPDX-License-Identifier: MIT */
/* Which tests are one unit (PLAN-1, KEY-SCOPE, KEY-FILE, KEY-GROUP,
 * SCOPE-1, SCOPE-6). */
#include "scene.h"

#include <criterion/criterion.h>
#include <string.h>

static struct scene s;

static void begin(void)
{
	scene_init(&s);
}

static void end(void)
{
	scene_fini(&s);
}

TestSuite(units, .init = begin, .fini = end);

static uint32_t add(const char *scope, const char *name, const char *affinity,
		    const char *serial)
{
	struct attrs a = attrs_default;

	a.affinity = affinity;
	a.serial = serial;
	return scene_add(&s, scope, name, &a);
}

static void expect(const char *mode, uint32_t n_units, const char *names)
{
	cr_assert_eq(scene_plan(&s, mode, ORDER_COLLECTION, 2), 0, "%s",
		     s.err.text);
	cr_expect_eq(s.plan.n_units, n_units, "%s: %u units", mode,
		     s.plan.n_units);
	cr_expect_str_eq(scene_names(&s, 0, s.plan.n_positions), names, "%s",
			 mode);
}

/* The table of section 8.1: fields, not parts of names.  A parameter with
 * "::" in it changes nothing. */
Test(units, a_scope_is_a_field_of_the_catalog)
{
	scene_add(&s, "T", "t[::1]", NULL);
	scene_add(&s, "T", "u", NULL);
	scene_add(&s, "T::sub", "v", NULL);
	listing_add_suite(&s.listing, "./b.so", "native");
	scene_add(&s, "T", "w", NULL);
	scene_list(&s);
	expect("loadscope", 3, "t[::1] u sub::v w");
	cr_expect_eq(s.plan.n_bounds, 1);
	cr_expect_eq(s.plan.bounds[0].lo, 0);
	cr_expect_eq(s.plan.bounds[0].hi, 2);
}

/* KEY-FILE: of a suite. */
Test(units, a_file_is_one_unit_in_each_suite)
{
	scene_add(&s, "A", "a", NULL);
	scene_add(&s, "B", "b", NULL);
	scene_set_file(&s, "b.c");
	scene_add(&s, "C", "c", NULL);
	listing_add_suite(&s.listing, "./b.so", "native");
	scene_add(&s, "A", "d", NULL);
	scene_list(&s);
	expect("loadfile", 3, "a c b d");
	expect("load", 4, "a b c d");
}

/* BAL-4: a test that was never seen is in the group that it names, whatever is
 * known of the others; so it is in its scope and file. */
Test(units, a_new_test_is_in_its_group)
{
	add("S", "old", "g", "");
	add("T", "alone", "", "");
	add("S", "other", "g", "");
	add("S", "new", "g", "");
	scene_list(&s);
	scene_know(&s, 0, 9e9);
	scene_know(&s, 1, 1e9);
	scene_know(&s, 2, 9e9);
	expect("loadgroup", 2, "old other new alone");
	cr_assert_eq(s.plan.n_bounds, 1);
	cr_expect_eq(s.plan.bounds[0].hi, 3);
	expect("loadscope", 2, "old other new alone");
	cr_expect_eq(s.plan.bounds[0].hi, 3);
	scene_know(&s, 3, 1);
	expect("loadgroup", 2, "old other new alone");
}

/* KEY-GROUP, BAL-10: de-duplicated, sorted, joined; else the chain; else
 * alone. */
Test(units, a_group_is_a_set_of_names)
{
	add("S", "a", "g, h", "");
	add("S", "b", "", "");
	add("S", "c", "h,g,g", "");
	add("S", "d", "g", "");
	add("S", "e", "", "chain");
	add("S", "f", "", "");
	add("S", "g", "", "chain");
	scene_list(&s);
	expect("loadgroup", 5, "a c b d e g f");
	/* g alone, and g together with h: not the same worker. */
	cr_expect(strstr(str_get(&s.units.remarks), "'g'"));
	cr_expect_not(strstr(str_get(&s.units.remarks), "'h'"));
	/* No effect elsewhere but of chains. */
	expect("load", 6, "a b c d e g f");
}

/* Hard in every mode, one unit, in listing order. */
Test(units, a_chain_is_one_unit_everywhere)
{
	add("S", "a", "", "x");
	add("S", "b", "", "");
	add("T", "c", "", "x");
	scene_list(&s);
	expect("load", 2, "a c b");
	cr_expect(s.plan.chains);
	expect("longest", 2, "a c b");
	expect("worksteal", 2, "b a c");
	cr_expect_eq(s.plan.n_parts, 1, "which no thief can cut");
	expect("no", 2, "a c b");
	/* SCOPE-6: S and T become one. */
	expect("loadscope", 1, "a b c");
	cr_expect(strstr(str_get(&s.units.remarks), "'x'"));
}

/* Two suites may use the same word for their chains. */
Test(units, a_chain_is_of_its_suite)
{
	add("S", "a", "", "x");
	listing_add_suite(&s.listing, "./b.so", "native");
	add("S", "b", "", "x");
	scene_list(&s);
	expect("load", 2, "a b");
}

/* A range in a unit is a stretch of it. */
Test(units, ranges_are_bound_whole)
{
	scene_add_range(&s, "S", "r", 1000, NULL);
	scene_add(&s, "S", "x", NULL);
	scene_list(&s);
	cr_assert_eq(scene_plan(&s, "loadscope", ORDER_DEFAULT, 4), 0);
	cr_expect_eq(s.plan.n_units, 1);
	cr_expect_eq(s.plan.bounds[0].hi, 1001);
	cr_expect_eq(s.plan.n_segments, 2);
}

/* What is filtered out is not there (PLAN-1). */
Test(units, only_what_is_selected)
{
	add("S", "a", "", "x");
	add("S", "b", "", "x");
	add("S", "c", "", "x");
	scene_list(&s);
	plan_fini(&s.selected);
	plan_add(&s.selected, 0, 0, 1);
	plan_add(&s.selected, 2, 0, 1);
	expect("load", 1, "a c");
}
