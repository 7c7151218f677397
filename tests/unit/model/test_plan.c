/* SPDX-License-Identifier: MIT */
#include "model/plan.h"

#include "base/rng.h"

#include <criterion/criterion.h>
#include <errno.h>

struct case_ {
	struct listing listing;
	struct plan plan;
};

/* Four tests of 1, 10, 1 and TEST_COUNT_MAX instances. */
static void case_init(struct case_ *c)
{
	static const uint32_t counts[] = { 1, 10, 1, TEST_COUNT_MAX };
	size_t i;

	listing_init(&c->listing);
	plan_init(&c->plan);
	listing_add_suite(&c->listing, "a.so", "native");
	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		listing_add_test(&c->listing, &(struct test){
						      .name = "S::t",
						      .file = "",
						      .count = counts[i],
						      .indexed = counts[i] > 1,
					      });
}

static void case_fini(struct case_ *c)
{
	plan_fini(&c->plan);
	listing_fini(&c->listing);
}

static int case_check(const struct case_ *c)
{
	struct err err = { 0 };
	int ret = plan_check(&c->plan, &c->listing, &err);

	cr_expect_eq(ret < 0, err.text[0] != '\0', "a sentence when it fails");
	return ret;
}

/* EACH-1, RTY-3: which time it is of a test that stands there several times;
 * what a report says is of one turn. */
Test(plan, a_segment_is_of_one_turn)
{
	struct case_ c;

	case_init(&c);
	plan_begin_turn(&c.plan, 0);
	plan_add(&c.plan, 1, 0, 4);
	cr_expect_eq(c.plan.n_turns, 0, "turn 0 needs no word");
	plan_begin_turn(&c.plan, 2);
	plan_begin_turn(&c.plan, 1);
	plan_add(&c.plan, 1, 4, 3);
	plan_begin_turn(&c.plan, 1);
	plan_add(&c.plan, 1, 7, 1);
	plan_begin_turn(&c.plan, 0);
	plan_add(&c.plan, 0, 0, 1);
	cr_expect_eq(c.plan.n_segments, 3);
	cr_expect_eq(c.plan.n_turns, 2);
	cr_expect_eq(plan_turn(&c.plan, 0), 0);
	cr_expect_eq(plan_turn(&c.plan, 3), 0);
	cr_expect_eq(plan_turn(&c.plan, 4), 1);
	cr_expect_eq(plan_turn(&c.plan, 7), 1);
	cr_expect_eq(plan_turn(&c.plan, 8), 0);
	case_fini(&c);
}

/* RTY-3: all of it, turn behind turn, and none is one with the next. */
Test(plan, a_repeated_plan_is_the_same_several_times)
{
	struct instance at;
	struct case_ c;
	uint32_t i;

	case_init(&c);
	plan_add(&c.plan, 0, 0, 1);
	plan_add(&c.plan, 1, 2, 3);
	plan_repeat(&c.plan, 3);
	cr_assert_eq(c.plan.n_positions, 12);
	for (i = 0; i < 12; i++) {
		at = plan_at(&c.plan, i);
		cr_expect_eq(at.test_ix, i % 4 ? 1 : 0);
		cr_expect_eq(at.index, i % 4 ? i % 4 + 1 : 0);
		cr_expect_eq(plan_turn(&c.plan, i), i / 4);
	}
	plan_fini(&c.plan);
	plan_add(&c.plan, 3, 0, 5000000);
	plan_repeat(&c.plan, 1000);
	cr_expect(c.plan.overflow, "too many are refused");
	cr_expect_eq(case_check(&c), -EINVAL);
	case_fini(&c);
}

/* NAT-14: what a range costs does not depend on its count. */
Test(plan, consecutive_instances_are_one_segment)
{
	struct case_ c;

	case_init(&c);
	plan_add(&c.plan, 3, 0, 1000000);
	plan_add(&c.plan, 3, 1000000, 5);
	cr_expect_eq(c.plan.n_segments, 1);
	plan_add(&c.plan, 3, 1000006, 1);
	plan_add(&c.plan, 1, 0, 1);
	plan_add(&c.plan, 1, 0, 0);
	cr_expect_eq(c.plan.n_segments, 3);
	cr_expect_eq(c.plan.n_positions, 1000007);
	case_fini(&c);
}

/* A million tests of one instance are one segment, too. */
Test(plan, consecutive_tests_are_one_segment)
{
	struct stretch at = { 0 };
	struct instance i;
	struct case_ c;

	case_init(&c);
	plan_add(&c.plan, 0, 0, 1);
	plan_add(&c.plan, 1, 0, 1);
	plan_add(&c.plan, 2, 0, 1);
	cr_expect_eq(c.plan.n_segments, 1);
	plan_add(&c.plan, 3, 0, 2);
	plan_add(&c.plan, 1, 1, 1);
	cr_expect_eq(c.plan.n_segments, 3);
	i = plan_at(&c.plan, 1);
	cr_expect(i.test_ix == 1 && i.index == 0);
	i = plan_at(&c.plan, 4);
	cr_expect(i.test_ix == 3 && i.index == 1);
	i = plan_at(&c.plan, 5);
	cr_expect(i.test_ix == 1 && i.index == 1);
	plan_add_part(&c.plan, 0, 6, 0);
	cr_expect_eq(case_check(&c), 0);
	while (plan_walk(&c.plan, &at)) {
		i = plan_at(&c.plan, at.position);
		cr_expect_eq(at.first.test_ix, i.test_ix);
		cr_expect_eq(at.first.index, i.index);
		cr_expect_eq(at.count, at.position == 3 ? 2 : 1);
	}
	cr_expect_eq(at.position, 5);
	case_fini(&c);
}

/* The one instance could go on either way. */
Test(plan, a_test_goes_on_with_its_own_instances)
{
	struct case_ c;

	case_init(&c);
	plan_add(&c.plan, 1, 0, 1);
	plan_add(&c.plan, 1, 1, 3);
	cr_expect_eq(c.plan.n_segments, 1);
	cr_expect_eq(plan_at(&c.plan, 3).index, 3);
	plan_add(&c.plan, 2, 0, 1);
	cr_expect_eq(c.plan.n_segments, 2);
	plan_add(&c.plan, 0, 0, 1);
	cr_expect_eq(c.plan.n_segments, 3, "backwards");
	case_fini(&c);
}

Test(plan, tests_that_are_not_there_are_refused)
{
	struct case_ c;
	uint32_t i;

	case_init(&c);
	for (i = 2; i < 6; i++)
		plan_add(&c.plan, i, 0, 1);
	cr_expect_eq(c.plan.n_segments, 1);
	plan_add_part(&c.plan, 0, 4, 0);
	cr_expect_eq(case_check(&c), -EINVAL);
	case_fini(&c);
}

Test(plan, every_position_leads_back_to_what_was_added)
{
	struct rng rng = { .state = 7 };
	struct instance expected[4000];
	struct case_ c;
	uint32_t n = 0, i;

	case_init(&c);
	while (n < 3900) {
		uint32_t index = rng_below(&rng, 1000);
		uint32_t count = 1 + rng_below(&rng, 100);

		plan_add(&c.plan, 3, index, count);
		for (i = 0; i < count && n < 4000; i++)
			expected[n++] = (struct instance){ 3, index + i };
	}
	for (i = 0; i < n; i++) {
		struct instance at = plan_at(&c.plan, i);

		cr_assert_eq(at.test_ix, expected[i].test_ix);
		cr_assert_eq(at.index, expected[i].index, "position %u", i);
	}
	case_fini(&c);
}

Test(plan, segments_are_found_at_their_edges)
{
	static const struct segment segments[] = {
		{ .position = 0 }, { .position = 1 }, { .position = 5 }
	};

	cr_expect_eq(plan_segment(segments, 3, 0), 0);
	cr_expect_eq(plan_segment(segments, 3, 1), 1);
	cr_expect_eq(plan_segment(segments, 3, 4), 1);
	cr_expect_eq(plan_segment(segments, 3, 5), 2);
	cr_expect_eq(plan_segment(segments, 3, 1000), 2);
	cr_expect_eq(plan_segment(segments, 1, 0), 0);
}

Test(plan, parts_that_hold_each_position_once_are_good)
{
	struct case_ c;

	case_init(&c);
	cr_expect_eq(case_check(&c), 0, "an empty plan");
	plan_add(&c.plan, 0, 0, 1);
	plan_add(&c.plan, 1, 2, 8);
	plan_add_part(&c.plan, 0, 4, 0);
	plan_add_part(&c.plan, 4, 9, 0);
	cr_expect_eq(case_check(&c), 0);
	case_fini(&c);
}

static void parts_are_bad(uint32_t lo1, uint32_t hi1, uint32_t lo2,
			  uint32_t hi2)
{
	struct case_ c;

	case_init(&c);
	plan_add(&c.plan, 1, 0, 9);
	plan_add_part(&c.plan, lo1, hi1, 0);
	plan_add_part(&c.plan, lo2, hi2, 0);
	cr_expect_eq(case_check(&c), -EINVAL, "%u..%u %u..%u", lo1, hi1, lo2,
		     hi2);
	case_fini(&c);
}

/* ACC-1: a test that is dealt twice would run twice, or not at all. */
Test(plan, parts_that_do_not_are_refused)
{
	parts_are_bad(0, 4, 5, 9);  /* a gap */
	parts_are_bad(0, 5, 4, 9);  /* an overlap */
	parts_are_bad(1, 5, 5, 9);  /* begins late */
	parts_are_bad(0, 4, 4, 8);  /* ends early */
	parts_are_bad(0, 4, 4, 10); /* ends late */
	parts_are_bad(0, 9, 9, 9);  /* empty */
}

static void instances_are_bad(uint32_t test_ix, uint32_t index, uint32_t count)
{
	struct case_ c;

	case_init(&c);
	plan_add(&c.plan, test_ix, index, count);
	plan_add_part(&c.plan, 0, count, 0);
	cr_expect_eq(case_check(&c), -EINVAL, "%u[%u] + %u", test_ix, index,
		     count);
	case_fini(&c);
}

Test(plan, instances_that_no_test_has_are_refused)
{
	instances_are_bad(0, 1, 1);
	instances_are_bad(1, 0, 11);
	instances_are_bad(1, UINT32_MAX, 1);
	instances_are_bad(4, 0, 1);
}

Test(plan, too_many_positions_are_refused)
{
	struct err err = { 0 };
	struct case_ c;
	int i;

	case_init(&c);
	for (i = 0; i < 215; i++)
		plan_add(&c.plan, 3, 0, TEST_COUNT_MAX);
	cr_expect(c.plan.overflow);
	plan_add_part(&c.plan, 0, c.plan.n_positions, 0);
	cr_expect_eq(plan_check(&c.plan, &c.listing, &err), -EINVAL);
	cr_expect_str_eq(err.text, "more than 2147483647 tests in one run");
	case_fini(&c);
}

Test(plan, names_come_from_positions)
{
	struct str out = STR_INIT;
	struct case_ c;

	case_init(&c);
	plan_add(&c.plan, 0, 0, 1);
	plan_add(&c.plan, 1, 4, 2);
	plan_print_name(&out, &c.plan, &c.listing, 2);
	cr_expect_str_eq(str_get(&out), "S::t[5]");
	str_fini(&out);
	case_fini(&c);
}

/* A unit by a position in it, or the next one. */
Test(plan, finds_bound_units)
{
	struct bound bounds[] = { { 2, 4 }, { 4, 6 }, { 9, 12 } };
	struct plan p = { .bounds = bounds, .n_bounds = 3 };

	cr_expect_eq(plan_bound_from(&p, 0), &bounds[0]);
	cr_expect_eq(plan_bound_from(&p, 4), &bounds[1]);
	cr_expect_eq(plan_bound_from(&p, 6), &bounds[2]);
	cr_expect_null(plan_bound_from(&p, 12));
	cr_expect_null(plan_bound(&p, 6));
	cr_expect_eq(plan_bound(&p, 11), &bounds[2]);
}
