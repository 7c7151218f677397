/* SPDX-License-Identifier: MIT */
/* What holds of any suite without constraints, in any mode, taken by the real
 * claim code (T-5): BOUND-1, LOAD-1, SCOPE-1, .serial, EACH-1. */
#include "drive.h"

#include <criterion/criterion.h>
#include <stdio.h>

static struct scene s;
static struct stepper st;
static double seconds[80];

static void make_suite(struct rng *rng)
{
	static const char *const scopes[] = { "A", "B", "C", "D" },
		*const chains[] = { "x", "y" };
	uint32_t n = 8 + rng_below(rng, 60), i;
	struct attrs a = attrs_default;
	char name[16];

	scene_init(&s);
	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "t%u", i);
		a.serial = rng_below(rng, 8) ? "" : chains[rng_below(rng, 2)];
		scene_add(&s, scopes[rng_below(rng, 4)], name, &a);
		seconds[i] = 0.01 * (1 + rng_below(rng, 100)) *
			     (rng_below(rng, 10) ? 1 : 10);
	}
	scene_list(&s);
	for (i = 0; i < n; i++)
		if (rng_below(rng, 3))
			scene_know(&s, i, 1e7 * (1 + rng_below(rng, 1000)));
}

/* The longest unit, and all together. */
static void measure(double *most, double *sum)
{
	uint32_t p = 0, b = 0;

	*most = *sum = 0;
	while (p < s.plan.n_positions) {
		bool bound = b < s.plan.n_bounds && s.plan.bounds[b].lo == p;
		uint32_t end = bound ? s.plan.bounds[b++].hi : p + 1;
		double unit = 0;

		for (; p < end; p++)
			unit += seconds[plan_at(&s.plan, p).test_ix];
		*most = unit > *most ? unit : *most;
		*sum += unit;
	}
}

/* Any order, pulled: no slot is idle beside a unit that it could take. */
static void expect_bound(double makespan)
{
	double most, sum, wanted;

	measure(&most, &sum);
	wanted = sum / st.n_slots + (1 - 1.0 / st.n_slots) * most;
	cr_assert_leq(makespan, wanted + 1e-6, "%f after %f", makespan,
		      wanted);
}

/* On one slot, in order, with nothing between. */
static void expect_whole(const struct bound *b)
{
	uint32_t slot = drive_slot(&st, b->lo), k = 0, p;

	while (st.slots[slot].ran[k] != b->lo)
		k++;
	for (p = b->lo; p < b->hi; p++, k++)
		cr_assert(k < st.slots[slot].n_ran &&
			  st.slots[slot].ran[k] == p, "position %u", p);
}

static void expect_plan_order(void)
{
	uint32_t i;

	for (i = 1; i < s.plan.n_positions; i++)
		cr_assert(s.plan.n_bounds ||
			  st.started_ns[i - 1] <= st.started_ns[i]);
}

static void expect_own_lists(void)
{
	uint32_t i, p;

	for (i = 0; i < s.plan.n_deals; i++)
		for (p = s.plan.deals[i].lo; p < s.plan.deals[i].hi; p++)
			cr_assert_eq(drive_slot(&st, p), s.plan.deals[i].slot);
}

static void run_mode(const struct sched_ops *ops, enum order order,
		     uint32_t n_slots)
{
	double makespan;
	uint32_t i;

	cr_assert_eq(scene_plan(&s, ops->name, order, n_slots), 0);
	drive_make(&st, &s, n_slots, seconds);
	makespan = drive_run(&st);
	for (i = 0; i < s.plan.n_bounds; i++)
		expect_whole(&s.plan.bounds[i]);
	if (ops->every_slot)
		expect_own_lists();
	else
		expect_bound(makespan);
	if (ops == &sched_load || ops == &sched_longest)
		expect_plan_order();
	stepper_free(&st);
}

Test(properties, hold_of_any_suite_in_any_mode)
{
	struct rng rng = { .state = 7 };
	uint32_t round, mode;

	for (round = 0; round < 100; round++) {
		make_suite(&rng);
		for (mode = 0; sched_table[mode]; mode++)
			run_mode(sched_table[mode],
				 (enum order)rng_below(&rng, N_ORDERS),
				 sched_table[mode]->one_slot
					 ? 1 : 1 + rng_below(&rng, 8));
		scene_fini(&s);
	}
}
