/* SPDX-License-Identifier: MIT */
#include "report/duration.h"

#include "base/clock.h"

#include <criterion/criterion.h>

static void is(void (*add)(struct str *, uint64_t), uint64_t ns,
	       const char *expected)
{
	struct str out = STR_INIT;

	add(&out, ns);
	cr_expect_str_eq(str_get(&out), expected);
	str_fini(&out);
}

Test(duration, exact_is_rounded_to_milliseconds)
{
	is(duration_add_exact, 0, "   0.000s");
	is(duration_add_exact, 499999, "   0.000s");
	is(duration_add_exact, 500000, "   0.001s");
	is(duration_add_exact, 999500000, "   1.000s");
	is(duration_add_exact, 12345 * NS_PER_MS, "  12.345s");
	is(duration_add_exact, 123456 * NS_PER_S, "123456.000s");
}

Test(duration, near_is_exact_up_to_a_hundred_seconds)
{
	is(duration_add_near, 0, "0.000s");
	is(duration_add_near, 1500 * NS_PER_MS, "1.500s");
	is(duration_add_near, 99999 * NS_PER_MS, "99.999s");
	is(duration_add_near, 99999999999, "1m40s");
	is(duration_add_near, 125 * NS_PER_S, "2m05s");
}

Test(duration, short_has_two_units_at_most)
{
	is(duration_add_short, 0, "0s");
	is(duration_add_short, NS_PER_S - 1, "0s");
	is(duration_add_short, 59 * NS_PER_S, "59s");
	is(duration_add_short, 60 * NS_PER_S, "1m00s");
	is(duration_add_short, 125 * NS_PER_S, "2m05s");
	is(duration_add_short, 3599 * NS_PER_S, "59m59s");
	is(duration_add_short, 3600 * NS_PER_S, "1h00m");
	is(duration_add_short, UINT64_C(100) * 3600 * NS_PER_S, "100h00m");
}
