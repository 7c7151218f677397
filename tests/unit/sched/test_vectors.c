/* SPDX-License-Identifier: MIT */
/* The golden vectors of the rules (section 8.1, section 11): plans as the
 * planner makes them, taken by the real claim code on a virtual clock. */
#include "drive.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static struct scene s;
static struct stepper st;
static bool driven;

static void begin(void)
{
	scene_init(&s);
	driven = false;
}

static void end(void)
{
	if (driven)
		stepper_free(&st);
	scene_fini(&s);
}

TestSuite(vectors, .init = begin, .fini = end);

/* Plans; durations are by listed test, in seconds. */
static void ready(const char *mode, enum order order, uint32_t n_slots,
		  const double *seconds)
{
	if (driven)
		stepper_free(&st);
	driven = true;
	cr_assert_eq(scene_plan(&s, mode, order, n_slots), 0);
	drive_make(&st, &s, n_slots, seconds);
}

static double run(const char *mode, enum order order, uint32_t n_slots,
		  const double *seconds)
{
	ready(mode, order, n_slots, seconds);
	return drive_run(&st);
}

/* The listed tests a slot ran. */
static void expect_ran(uint32_t slot, const char *tests)
{
	struct str got = STR_INIT;
	uint32_t i;

	for (i = 0; i < st.slots[slot].n_ran; i++)
		str_addf(&got, "%s%u", i ? " " : "",
			 plan_at(&s.plan, st.slots[slot].ran[i]).test_ix);
	cr_expect_str_eq(str_get(&got), tests, "w%u ran %s", slot,
			 str_get(&got));
	str_fini(&got);
}

static void expect_time(double got, double wanted)
{
	cr_expect_float_eq(got, wanted, 1e-6, "%g instead of %g", got, wanted);
}

static double fill(double *seconds, uint32_t lo, uint32_t hi, double each)
{
	for (; lo < hi; lo++)
		seconds[lo] = each;
	return each;
}

static void list(uint32_t n)
{
	scene_add_many(&s, "S", n);
	scene_list(&s);
}

Test(vectors, load_1)
{
	double seconds[16];

	list(16);
	fill(seconds, 0, 16, 0.05);
	expect_time(run("load", ORDER_DEFAULT, 2, seconds), 0.40);
	expect_ran(0, "0 2 4 6 8 10 12 14");
	expect_ran(1, "1 3 5 7 9 11 13 15");
}

Test(vectors, load_2)
{
	double seconds[16];

	list(16);
	fill(seconds, 0, 16, 0.05);
	seconds[0] = 5;
	expect_time(run("load", ORDER_DEFAULT, 2, seconds), 5.0);
	expect_ran(0, "0");
	expect_ran(1, "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15");
}

Test(vectors, load_3)
{
	double seconds[16];

	list(16);
	fill(seconds, 0, 8, 1);
	fill(seconds, 8, 16, 10);
	expect_time(run("load", ORDER_DEFAULT, 2, seconds), 44);
}

Test(vectors, load_4)
{
	double seconds[1600];

	list(1600);
	fill(seconds, 0, 1600, 1);
	expect_time(run("load", ORDER_DEFAULT, 16, seconds), 100);
	expect_time(run("load", ORDER_DEFAULT, 64, seconds), 25);
}

static void know_exactly(const double *seconds, uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		scene_know(&s, i, 1e9 * seconds[i]);
}

Test(vectors, long_1)
{
	double seconds[16];

	list(16);
	fill(seconds, 0, 8, 1);
	fill(seconds, 8, 16, 10);
	know_exactly(seconds, 16);
	expect_time(run("longest", ORDER_DEFAULT, 2, seconds), 44);
	expect_ran(0, "8 10 12 14 0 2 4 6");
	expect_ran(1, "9 11 13 15 1 3 5 7");
}

/* BAL-1: collected ascending, and the longest are the first all the same. */
Test(vectors, long_2)
{
	double seconds[24];
	uint32_t i;

	list(24);
	for (i = 0; i < 24; i++)
		seconds[i] = i + 1;
	know_exactly(seconds, 24);
	expect_time(run("longest", ORDER_DEFAULT, 8, seconds), 41);
	expect_ran(0, "23 8 7");
	expect_ran(1, "22 9 6");
	expect_ran(7, "16 15 0");
	expect_time(run("load", ORDER_DEFAULT, 8, seconds), 48);
}

Test(vectors, steal_2)
{
	double seconds[16];

	list(16);
	fill(seconds, 0, 8, 1);
	fill(seconds, 8, 16, 10);
	expect_time(run("worksteal", ORDER_DEFAULT, 2, seconds), 48);
	expect_ran(0, "0 1 2 3 4 5 6 7 12 13 14 15");
	expect_ran(1, "8 9 10 11");
}

/* w1 hangs in test 8: all but that are done. */
Test(vectors, steal_3)
{
	double seconds[16];

	list(16);
	fill(seconds, 0, 8, 1);
	fill(seconds, 8, 16, 10);
	seconds[8] = 1e6;
	ready("worksteal", ORDER_DEFAULT, 2, seconds);
	stepper_run_to(&st, 1000 * STEPPER_S);
	expect_ran(0, "0 1 2 3 4 5 6 7 12 13 14 15 10 11 9");
	expect_ran(1, "8");
}

Test(vectors, steal_4)
{
	double seconds[17];

	list(17);
	fill(seconds, 0, 17, 1);
	fill(seconds, 0, 4, 4);
	expect_time(run("worksteal", ORDER_DEFAULT, 4, seconds), 8);
	expect_ran(0, "0 1");
	expect_ran(1, "4 5 6 7 3");
	expect_ran(2, "8 9 10 11 2");
	expect_ran(3, "12 13 14 15 16");
}

Test(vectors, steal_6)
{
	double seconds[100];

	list(100);
	fill(seconds, 0, 100, 1);
	expect_time(run("worksteal", ORDER_DEFAULT, 8, seconds), 13);
	cr_expect_eq(drive_slot(&st, 60), 0);
	cr_expect_eq(drive_slot(&st, 73), 1);
	cr_expect_eq(drive_slot(&st, 86), 2);
	cr_expect_eq(drive_slot(&st, 99), 3);
}

static void list_scopes(void)
{
	scene_add_many(&s, "a", 1);
	scene_add_many(&s, "b", 5);
	scene_add_many(&s, "c::K", 3);
	scene_add_many(&s, "d", 1);
	scene_list(&s);
}

Test(vectors, scope_1)
{
	double seconds[10];

	list_scopes();
	fill(seconds, 0, 10, 1);
	expect_time(run("loadscope", ORDER_DEFAULT, 2, seconds), 5);
	expect_ran(0, "1 2 3 4 5");
	expect_ran(1, "6 7 8 0 9");
}

Test(vectors, scope_2)
{
	double seconds[10];

	list_scopes();
	fill(seconds, 0, 10, 1);
	expect_time(run("loadscope", ORDER_COLLECTION, 2, seconds), 5);
	expect_ran(0, "0 6 7 8 9");
	expect_ran(1, "1 2 3 4 5");
}

/* V-SCOPE-3, SHM-10: no more slots than units. */
Test(vectors, scope_3)
{
	scene_add_many(&s, "a", 3);
	scene_add_many(&s, "b", 3);
	scene_list(&s);
	cr_assert_eq(scene_plan(&s, "loadscope", ORDER_DEFAULT, 2), 0);
	cr_expect_eq(s.plan.n_units, 2);
}

/* ---- fixtures (section 11) ------------------------------------------- */

struct fix {
	uint32_t sizes[4];
	double setup;
	uint32_t n_slots;
	uint32_t n_setups; /* 0 = any */
	double makespan;
};

static void fix(const struct fix *f)
{
	static const char *const names[] = { "A", "B", "C", "D" };
	double seconds[64];
	uint32_t i, n = 0;

	for (i = 0; f->sizes[i]; i++) {
		scene_add_many(&s, names[i], f->sizes[i]);
		n += f->sizes[i];
	}
	scene_list(&s);
	fill(seconds, 0, n, 1);
	know_exactly(seconds, n);
	for (i = 0; f->sizes[i]; i++)
		costs_add_setup(&s.costs, &(struct cost_setup){
			.scope = names[i],
			.setup_ns = (uint64_t)(1e9 * f->setup) });
	costs_sort_setups(&s.costs);
	expect_time(run("longest", ORDER_DEFAULT, f->n_slots, seconds),
		    f->makespan);
	if (f->n_setups)
		cr_expect_eq(st.n_setups, f->n_setups, "%u set-ups",
			     st.n_setups);
}

Test(vectors, fix_1)
{
	fix(&(struct fix){ { 8, 2 }, 1, 3, 4, 5 });
}

Test(vectors, fix_2)
{
	fix(&(struct fix){ { 8, 2 }, 3, 3, 3, 7 });
}

Test(vectors, fix_3)
{
	fix(&(struct fix){ { 3 }, 3, 2, 1, 6 });
}

Test(vectors, fix_4)
{
	fix(&(struct fix){ { 40, 4, 4 }, 2, 4, 6, 15 });
}

Test(vectors, fix_5)
{
	fix(&(struct fix){ { 40, 4, 4 }, 0, 4, 0, 12 });
}

Test(vectors, fix_6)
{
	fix(&(struct fix){ { 6, 6 }, 10, 4, 2, 16 });
}
