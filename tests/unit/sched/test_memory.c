/* SPDX-License-Identifier: MIT */
/* How many tests fit into memory at once (JOBS-4). */
#include "scene.h"

#include "sched/memory.h"

#include <criterion/criterion.h>

#define KIB UINT64_C(1024)

static struct scene s;

static void begin(void)
{
	scene_init(&s);
}

static void end(void)
{
	scene_fini(&s);
}

TestSuite(memory, .init = begin, .fini = end);

/* n tests, of which the i-th had peaks[i] KiB. */
static void know(const uint32_t *peaks, uint32_t n)
{
	uint32_t i;

	scene_add_many(&s, "S", n);
	scene_list(&s);
	for (i = 0; i < n; i++)
		s.costs.rows[i].peak_kib = peaks[i];
}

static void fits(uint32_t n_slots, uint64_t kib, uint32_t n, uint64_t sum_kib)
{
	struct memory_fit fit = memory_fit(&s.costs, &s.selected, n_slots,
					   kib * KIB);

	cr_expect_eq(fit.n, n, "%u of %u in %llu KiB: %u", n, n_slots,
		     (unsigned long long)kib, fit.n);
	if (n < n_slots)
		cr_expect_eq(fit.sum_bytes, sum_kib * KIB);
}

Test(memory, the_sum_of_the_largest_is_what_there_is)
{
	static const uint32_t peaks[] = { 10, 0, 70, 30, 50, 20, 60, 40 };

	know(peaks, 8);
	fits(4, 220, 4, 0);
	fits(4, 219, 3, 180);
	fits(4, 180, 3, 180);
	fits(4, 179, 2, 130);
	fits(2, 130, 2, 0);
	fits(2, 129, 1, 70);
	fits(8, 280, 8, 0);
	fits(8, 279, 6, 270);
}

/* It would not run alone either: that is no reason to run nothing. */
Test(memory, one_slot_is_the_least)
{
	static const uint32_t peaks[] = { 90, 90 };

	know(peaks, 2);
	fits(2, 1, 1, 90);
	fits(1, 1, 1, 0);
}

Test(memory, of_what_nobody_knows_there_is_room_for_all)
{
	static const uint32_t none[] = { 0, 0, 0 }, one[] = { 0, 90, 0 };

	know(none, 3);
	fits(3, 1, 3, 0);
	scene_fini(&s);
	scene_init(&s);
	know(one, 3);
	fits(3, 10, 1, 90);
	fits(3, 90, 3, 0);
}

/* Instances that share a row are as many tests; those that are not selected
 * are none. */
Test(memory, a_range_is_as_many_tests_as_are_selected)
{
	uint32_t n = 2 * COSTS_ROWS_MAX, i;

	scene_add_range(&s, "S", "range", n, NULL);
	scene_list(&s);
	for (i = 0; i < s.costs.n_rows; i++)
		s.costs.rows[i].peak_kib = i == 1 ? 100 : 1;
	fits(8, 201, 3, 201);
	fits(8, 206, 8, 0);
	plan_fini(&s.selected);
	plan_init(&s.selected);
	plan_add(&s.selected, 0, 3, 1);
	plan_add(&s.selected, 0, 9, 90);
	fits(8, 101, 2, 101);
}

/* Against all of them, sorted. */
Test(memory, the_largest_of_many_are_found)
{
	uint32_t peaks[1000], i;

	for (i = 0; i < 1000; i++)
		peaks[i] = 1 + (uint32_t)(i * 7919u % 1000u);
	know(peaks, 1000);
	/* 1000 + 999 + ... + 985 */
	fits(64, 15880, 16, 15880);
	fits(64, 15879, 15, 14895);
}
