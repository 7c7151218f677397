/* SPDX-License-Identifier: MIT */
/* Globs on names: SEL-7 and what the header promises. */
#include "suite/select.h"

#include "base/str.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

static struct listing listing;

static void add(const char *name, uint32_t scope_len, uint32_t count)
{
	listing_add_test(&listing, &(struct test){ .name = name,
						   .file = "t.c",
						   .scope_len = scope_len,
						   .count = count,
						   .indexed = count > 1 });
}

static void open_listing(void)
{
	listing_init(&listing);
	listing_add_suite(&listing, "./t.so", "native");
	add("Math::adds", 4, 1);
	add("Math::range", 4, 10);
	add("Text::trims", 4, 1);
	add("Text::odd[3]", 4, 1);
	add("Deep::a::b", 4, 1);
}

static void close_listing(void)
{
	listing_fini(&listing);
}

TestSuite(select, .init = open_listing, .fini = close_listing);

#define MANY 8

/* The printed names of what was selected, a line each; "!" when refused. */
static const char *pick(const char *const globs[MANY])
{
	static char text[4096];
	struct str out = STR_INIT;
	struct err err = { 0 };
	struct plan plan;
	uint32_t n = 0, i;

	while (n < MANY && globs[n])
		n++;
	plan_init(&plan);
	if (select_apply(&listing, &(struct select_args){
		    .globs = globs, .n_globs = n }, &plan, &err) < 0) {
		cr_expect_eq(err.code, -EINVAL);
		str_addf(&out, "!%s", err.text);
	} else {
		for (i = 0; i < plan.n_positions; i++) {
			plan_print_name(&out, &plan, &listing, i);
			str_add_char(&out, '\n');
		}
	}
	strncpy(text, str_get(&out), sizeof(text) - 1);
	plan_fini(&plan);
	str_fini(&out);
	return text;
}

#define expect_picked(expected, ...)                                          \
	cr_expect_str_eq(pick((const char *const[MANY]){ __VA_ARGS__ }),      \
			 expected)

Test(select, takes_all_without_a_glob)
{
	struct plan plan;

	plan_init(&plan);
	cr_expect_eq(select_apply(&listing, &(struct select_args){ 0 }, &plan,
				  NULL), 0);
	cr_expect_eq(plan.n_positions, 14);
	cr_expect_eq(plan.n_segments, 3,
		     "a range is one, three tests in a row are one");
	plan_fini(&plan);
}

Test(select, takes_a_name_as_it_is_written)
{
	expect_picked("Math::adds\n", "Math::adds");
	expect_picked("", "Math::add");
	expect_picked("", "math::adds");
	expect_picked("", "");
}

Test(select, takes_globs)
{
	expect_picked("Text::trims\nText::odd[3]\n", "Text::*");
	expect_picked("Math::adds\n", "*::ad?s");
	expect_picked("Text::trims\n", "*[im]s");
	expect_picked("Deep::a::b\n", "*::*::*");
}

/* "Scope/name" is the same, for the first "::" only. */
Test(select, takes_a_slash_for_the_colons)
{
	expect_picked("Math::adds\n", "Math/adds");
	expect_picked("Text::trims\nText::odd[3]\n", "Text/*");
	expect_picked("Deep::a::b\n", "Deep/a::b");
	expect_picked("", "Deep::a/b");
}

Test(select, takes_single_instances)
{
	expect_picked("Math::range[3]\n", "Math::range[3]");
	expect_picked("Math::range[0]\nMath::range[9]\n", "Math::range[9]",
		      "Math::range[0]");
	expect_picked("Math::range[2]\nMath::range[3]\nMath::range[4]\n",
		      "Math/range[2-4]");
	expect_picked("Math::range[8]\nMath::range[9]\n", "*[8-4000000000]");
}

Test(select, takes_an_instance_once)
{
	expect_picked("Math::range[3]\nMath::range[4]\n", "Math::range[3-4]",
		      "Math::range[4]", "*range[3]");
	expect_picked("Math::adds\n", "Math::adds", "*::adds", "Math/*s");
}

Test(select, knows_no_instances_beyond_the_count)
{
	expect_picked("", "Math::range[10]");
	expect_picked("", "Math::range[5-4]");
	expect_picked("", "Math::adds[0]");
}

/* A typing error must not pick something else. */
Test(select, does_not_wrap_numbers_that_are_too_large)
{
	expect_picked("", "Math::range[4294967296]");
	expect_picked("", "Math::range[4294967299]");
	expect_picked("", "Math::range[99999999999999999999999]");
}

Test(select, takes_brackets_that_are_part_of_a_name)
{
	expect_picked("Text::odd[3]\n", "Text::odd[3]");
}

/* The listing's order, whatever the globs'. */
Test(select, keeps_the_order_of_the_listing)
{
	expect_picked("Math::adds\nText::trims\nDeep::a::b\n", "Deep::*",
		      "Text::trims", "Math::adds");
}

/* SEL-7: one of several that matches nothing is a typing error. */
Test(select, refuses_one_glob_of_several_that_matches_nothing)
{
	const char *text = pick((const char *const[MANY]){ "Math::*",
							   "Maths::*" });

	cr_expect_eq(text[0], '!');
	cr_expect_not_null(strstr(text, "'Maths::*'"), "%s", text);
	cr_expect_eq(pick((const char *const[MANY]){ "Maths::*",
						     "Math::*" })[0], '!');
}

/* Nothing at all is for the caller to judge (exit 4). */
Test(select, that_matches_nothing_at_all_is_an_empty_plan)
{
	expect_picked("", "Maths::*");
	expect_picked("", "Maths::*", "Texts::*");
}

/* A pattern that fnmatch(3) cannot read selects nothing. */
Test(select, survives_broken_globs)
{
	expect_picked("", "[");
	expect_picked("", "[]");
	expect_picked("", "[3]");
	expect_picked("", "Math::range[");
	expect_picked("", "Math::range[-1]");
	expect_picked("", "Math::range[1-]");
	expect_picked("", "\\");
}

Test(select, copes_with_names_longer_than_its_buffer)
{
	char name[2000];

	memset(name, 'x', sizeof(name) - 1);
	memcpy(name, "Long::", 6);
	name[sizeof(name) - 1] = '\0';
	add(name, 4, 1);
	cr_expect_eq(strlen(pick((const char *const[MANY]){ "Long::*" })),
		     sizeof(name));
	pick((const char *const[MANY]){ "Long/*" });
}
