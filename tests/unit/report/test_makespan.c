/* SPDX-License-Identifier: MIT */
/* LONG-4, BOUND-3, JOBS-5: the arithmetic, on hand-made events. */
#include "report/makespan.h"

#include "scene.h"

#include <criterion/criterion.h>

#define START (1000 * NS_PER_S)

struct act {
	struct scene scene;
	struct makespan m;
};

static void act_init(struct act *a, uint32_t jobs)
{
	*a = (struct act){ 0 };
	scene_init(&a->scene);
	a->scene.run.jobs = jobs;
}

static void act_begin(struct act *a)
{
	makespan_begin(&a->m, &a->scene.run, START);
}

static void act_fini(struct act *a)
{
	makespan_fini(&a->m);
	scene_fini(&a->scene);
}

/* Begun and for how long, in ms of the run. */
static void ran(struct act *a, uint32_t position, uint16_t slot, uint64_t at_ms,
		uint64_t ms)
{
	struct event_test test = scene_test(position, OUTCOME_PASS);

	test.slot = slot;
	test.test_ix = position == 0 ? 0 : position < 1000 ? 1 : 2;
	test.start_ns = START + at_ms * NS_PER_MS;
	test.duration_ns = ms * NS_PER_MS;
	makespan_add(&a->m, &a->scene.run, &test);
}

static struct makespan_verdict judged(struct act *a, uint64_t actual_ms)
{
	struct makespan_verdict v = { 0 };

	cr_assert(makespan_judge(&a->m, a->scene.run.jobs,
				 actual_ms * NS_PER_MS, &v));
	return v;
}

Test(makespan, nothing_ran_nothing_to_say)
{
	struct makespan_verdict v;
	struct act a;

	act_init(&a, 2);
	act_begin(&a);
	cr_expect_not(makespan_judge(&a.m, 2, NS_PER_S, &v));
	act_fini(&a);
}

/* LB = max(sum / J, longest): here the sum. */
Test(makespan, full_workers_are_the_limit)
{
	struct makespan_verdict v;
	struct act a;
	uint32_t i;

	act_init(&a, 2);
	act_begin(&a);
	for (i = 0; i < 20; i++)
		ran(&a, i, i % 2, i / 2 * 100, 100);
	v = judged(&a, 1010);
	cr_expect_eq(v.ideal_ns, 1000 * NS_PER_MS);
	cr_expect_eq(v.percent, 99);
	cr_expect_eq(v.limit, MAKESPAN_WORKERS);
	cr_expect_eq(v.useful, 20);
	cr_expect_eq(makespan_ideal(&a.m, 4), 500 * NS_PER_MS);
	cr_expect_eq(makespan_ideal(&a.m, 40), 100 * NS_PER_MS);
	act_fini(&a);
}

/* JOBS-5: J* = ceil(sum / longest) */
Test(makespan, one_long_test_is_the_limit_of_many_workers)
{
	struct makespan_verdict v;
	struct act a;
	uint32_t i;

	act_init(&a, 8);
	act_begin(&a);
	ran(&a, 7, 0, 0, 900);
	for (i = 0; i < 20; i++)
		ran(&a, 10 + i, (uint16_t)(1 + i % 7), 0, 50);
	v = judged(&a, 905);
	cr_expect_eq(v.ideal_ns, 900 * NS_PER_MS);
	cr_expect_eq(v.percent, 99);
	cr_assert_eq(v.limit, MAKESPAN_UNIT);
	cr_expect_eq(v.unit.lo, 7);
	cr_expect_eq(v.useful, 3, "1.9 s / 0.9 s");
	act_fini(&a);
}

/* BOUND-3: p_last.  The longest test was over long before. */
Test(makespan, a_late_test_is_blamed_and_not_the_longest)
{
	struct makespan_verdict v;
	struct act a;

	act_init(&a, 2);
	act_begin(&a);
	ran(&a, 1, 0, 0, 1000);
	ran(&a, 2, 1, 0, 1000);
	ran(&a, 3, 1, 1000, 900);
	v = judged(&a, 1900);
	cr_expect_eq(v.ideal_ns, 1450 * NS_PER_MS);
	cr_expect_eq(v.percent, 76);
	cr_assert_eq(v.limit, MAKESPAN_UNIT);
	cr_expect_eq(v.unit.lo, 3);
	cr_expect_eq(v.unit.start_ns, START + NS_PER_S);
	act_fini(&a);
}

Test(makespan, time_that_no_test_took_is_told_apart)
{
	struct makespan_verdict v;
	struct act a;
	uint32_t i;

	act_init(&a, 2);
	act_begin(&a);
	for (i = 0; i < 20; i++)
		ran(&a, i, i % 2, 500 + i / 2 * 10, 10);
	v = judged(&a, 1000);
	cr_expect_eq(v.limit, MAKESPAN_REST);
	cr_expect_eq(v.rest_ns, 900 * NS_PER_MS);
	cr_expect_eq(v.percent, 10);
	act_fini(&a);
}

/* A long test that tiny ones outlast by far did not hold the run up. */
Test(makespan, what_ended_in_the_middle_is_not_blamed)
{
	struct makespan_verdict v;
	struct act a;
	uint32_t i;

	act_init(&a, 2);
	act_begin(&a);
	ran(&a, 1, 0, 0, 400);
	for (i = 0; i < 2000; i++) {
		struct event_test test = scene_test(5, OUTCOME_PASS);

		test.slot = 1;
		test.start_ns = START + i * NS_PER_MS / 2;
		test.duration_ns = NS_PER_MS / 2 - 1000;
		makespan_add(&a.m, &a.scene.run, &test);
	}
	v = judged(&a, 1000);
	cr_expect_neq(v.limit, MAKESPAN_UNIT);
	act_fini(&a);
}

/* Tests of a bound unit count as one, also where two slots run units at the
 * same time. */
Test(makespan, the_longest_unit_is_a_sum)
{
	static struct bound bounds[] = { { 10, 13 }, { 20, 22 } };
	struct makespan_verdict v;
	struct act a;

	act_init(&a, 4);
	a.scene.plan.bounds = bounds;
	a.scene.plan.n_bounds = 2;
	act_begin(&a);
	ran(&a, 10, 0, 0, 200);
	ran(&a, 20, 1, 0, 100);
	ran(&a, 11, 0, 200, 200);
	ran(&a, 21, 1, 100, 100);
	ran(&a, 12, 0, 400, 200);
	ran(&a, 30, 2, 0, 250);
	v = judged(&a, 600);
	cr_expect_eq(v.ideal_ns, 600 * NS_PER_MS);
	cr_expect_eq(v.percent, 100);
	cr_assert_eq(v.limit, MAKESPAN_UNIT);
	cr_expect_eq(v.unit.lo, 10);
	cr_expect_eq(v.unit.hi, 13);
	cr_expect_eq(v.unit.start_ns, START);
	cr_expect_eq(v.useful, 2, "1.05 s / 0.6 s");
	a.scene.plan.bounds = NULL;
	act_fini(&a);
}

/* What is alone on the machine costs all of its workers. */
Test(makespan, an_exclusive_test_is_as_wide_as_all_workers)
{
	struct attrs attrs = attrs_default;
	struct act a;

	act_init(&a, 4);
	attrs.exclusive = true;
	a.scene.listing.tests[0].attrs = &attrs;
	a.scene.plan.n_late = 1;
	act_begin(&a);
	ran(&a, 0, 0, 100, 300);
	ran(&a, 1, 1, 0, 100);
	ran(&a, 2, 2, 0, 100);
	ran(&a, 3, 3, 0, 100);
	ran(&a, 4, 0, 0, 100);
	cr_expect_eq(judged(&a, 400).ideal_ns, 400 * NS_PER_MS);
	a.scene.plan.n_late = 0;
	act_fini(&a);
}

/* An event's slot is what a worker said. */
Test(makespan, a_slot_that_there_is_not_is_ignored)
{
	static struct bound bound = { 10, 13 };
	struct makespan_verdict v;
	struct act a;

	act_init(&a, 2);
	a.scene.plan.bounds = &bound;
	a.scene.plan.n_bounds = 1;
	act_begin(&a);
	ran(&a, 10, 65535, 0, 200);
	cr_expect_not(makespan_judge(&a.m, 2, NS_PER_S, &v));
	a.scene.plan.bounds = NULL;
	act_fini(&a);
}
