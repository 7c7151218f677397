/* SPDX-License-Identifier: MIT */
/* What is learnt from samples (EST-2, EST-4, EST-5, EST-7, V-EST-1). */
#include "record/average.h"

#include "base/compiler.h"

#include <criterion/criterion.h>

/* V-EST-1: exactly. */
Test(average, follows_the_vector)
{
	static const double sample[] = { 100, 200, 300, 400, 400, 400, 800 };
	static const double est[] = { 100, 150, 200, 250, 287.5, 315.625,
				      436.71875 };
	static const double dev[] = { 0, 25, 56.25, 92.1875, 106.640625,
				      108.10546875, 202.1728515625 };
	struct average a = { 0 };
	size_t i;

	for (i = 0; i < array_size(sample); i++) {
		average_add(&a, sample[i], false);
		cr_expect(a.est_ns == est[i], "%zu: %f", i, a.est_ns);
		cr_expect(a.dev_ns == dev[i], "%zu: %f", i, a.dev_ns);
		cr_expect_eq(a.runs, i + 1);
	}
}

/* EST-7; the first sample is all there is. */
Test(average, learns_half_on_a_crowded_machine)
{
	struct average a = { 0 };

	average_add(&a, 100, true);
	cr_expect(a.est_ns == 100);
	average_add(&a, 200, true);
	cr_expect(a.est_ns == 125, "%f", a.est_ns);
	cr_expect(a.dev_ns == 25, "dev does not change with it");
}

/* EST-5 */
Test(average, is_raised_by_a_time_out_and_never_lowered)
{
	struct average a = { .est_ns = 300, .dev_ns = 5, .runs = 4 };

	average_raise(&a, 200);
	cr_expect(a.est_ns == 300);
	average_raise(&a, 900);
	cr_expect(a.est_ns == 900);
	cr_expect_eq(a.runs, 4, "it is no sample");
}

/* EST-4: each of the three conditions alone is not enough. */
Test(average, calls_slow_what_is_far_off_in_three_ways)
{
	const double ms = 1e6;
	struct average steady = { 60 * ms, 5 * ms, 9 };
	struct average erratic = { 60 * ms, 50 * ms, 9 };
	struct average quick = { 1 * ms, 0, 9 }, unknown = { 0 };

	cr_expect(average_is_slow(&steady, 121 * ms));
	cr_expect_not(average_is_slow(&steady, 120 * ms), "not twice as long");
	cr_expect_not(average_is_slow(&erratic, 260 * ms), "4 deviations");
	cr_expect(average_is_slow(&erratic, 261 * ms));
	cr_expect_not(average_is_slow(&quick, 100 * ms), "100 ms");
	cr_expect(average_is_slow(&quick, 101 * ms));
	cr_expect_not(average_is_slow(&unknown, 1e12));
}
