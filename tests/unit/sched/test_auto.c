/* SPDX-License-Identifier: MIT */
/* What --dist auto means (AUTO-1, AUTO-3, AUTO-4, AUTO-5, AUTO-7). */
#include "sched/auto.h"

#include "scene.h"

#include <criterion/criterion.h>
#include <string.h>

#define MS 1e6

static struct scene s;
static struct auto_choice choice;

static void begin(void)
{
	scene_init(&s);
}

static void end(void)
{
	scene_fini(&s);
}

TestSuite(autos, .init = begin, .fini = end);

static void add(uint32_t n)
{
	scene_add_many(&s, "S", n);
	scene_list(&s);
}

static void setup(double ns)
{
	costs_add_setup(&s.costs, &(struct cost_setup){
					  .scope = "S",
					  .setup_ns = (uint64_t)ns });
	costs_sort_setups(&s.costs);
}

/* The units are what load makes of them. */
static void expect(bool free_jobs, const struct sched_ops *ops, bool one_job,
		   const char *why)
{
	cr_assert_eq(scene_plan(&s, "load", ORDER_DEFAULT, 4), 0);
	auto_choose(&choice, &s.units, free_jobs);
	cr_expect_str_eq(choice.ops->name, ops->name);
	cr_expect_eq(choice.one_job, one_job);
	cr_expect(strstr(choice.why, why), "%s", choice.why);
}

/* AUTO-1 */
Test(autos, next_to_nothing_takes_one_job)
{
	uint32_t i;

	add(4);
	for (i = 0; i < 4; i++)
		scene_know(&s, i, 2 * AUTO_START_NS / 4);
	expect(true, &sched_load, true, "no more than a worker's start");
	expect(false, &sched_longest, false, "history covers 100 %");
}

Test(autos, a_little_more_takes_all_jobs)
{
	uint32_t i;

	add(4);
	for (i = 0; i < 4; i++)
		scene_know(&s, i, 2.1 * AUTO_START_NS / 4);
	expect(true, &sched_longest, false, "history covers 100 %");
}

/* What nobody knows may take long. */
Test(autos, what_is_not_known_is_not_next_to_nothing)
{
	add(4);
	scene_know(&s, 0, 1000);
	expect(true, &sched_load, false, "history covers");
}

Test(autos, one_test_is_loaded)
{
	add(1);
	scene_know(&s, 0, 500 * MS);
	expect(true, &sched_load, false, "one test");
}

/* AUTO-3: more than 5 % of the scope's own time. */
Test(autos, a_dear_fixture_takes_longest)
{
	uint32_t i;

	add(10);
	for (i = 0; i < 10; i++)
		scene_know(&s, i, 10 * MS);
	setup(6 * MS);
	expect(true, &sched_longest, false, "a fixture takes long");
}

Test(autos, a_cheap_fixture_decides_nothing)
{
	uint32_t i;

	add(10);
	for (i = 0; i < 10; i++)
		scene_know(&s, i, 10 * MS);
	setup(4 * MS);
	expect(true, &sched_longest, false, "history covers 100 %");
}

/* AUTO-4, AUTO-5: half of the predicted time. */
Test(autos, a_history_of_less_than_half_is_none)
{
	static struct attrs costs;

	costs = attrs_default;
	costs.cost = 1;
	scene_add(&s, "S", "known", NULL);
	scene_add(&s, "S", "said", &costs);
	scene_list(&s);
	scene_know(&s, 0, 999 * MS);
	expect(true, &sched_load, false, "history covers 50 % of 2 s");
	scene_know(&s, 0, 1001 * MS);
	expect(true, &sched_longest, false, "history covers 50 % of 2 s");
}

/* AUTO-5, AUTO-7 */
Test(autos, without_a_history_it_is_load)
{
	add(100);
	expect(true, &sched_load, false, "no history");
}
