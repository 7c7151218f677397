/* SPDX-License-Identifier: MIT */
#include "cli/quantity.h"

#include "base/clock.h"
#include "base/compiler.h"

#include <criterion/criterion.h>
#include <errno.h>

static void duration_is(const char *text, uint64_t expected)
{
	uint64_t ns = 1;

	cr_expect_eq(quantity_parse_duration(text, &ns), 0, "%s", text);
	cr_expect_eq(ns, expected, "%s is %llu", text, (unsigned long long)ns);
}

static void duration_fails(const char *text, int code)
{
	uint64_t ns = 42;

	cr_expect_eq(quantity_parse_duration(text, &ns), code, "'%s'", text);
	cr_expect_eq(ns, 42, "'%s' wrote a value", text);
}

Test(quantity, a_plain_number_is_seconds)
{
	duration_is("90", 90 * NS_PER_S);
	duration_is("0", 0);
	duration_is("none", 0);
	duration_is("0.25", 250 * NS_PER_MS);
}

Test(quantity, every_suffix_has_its_unit)
{
	duration_is("7ns", 7);
	duration_is("10us", 10 * NS_PER_US);
	duration_is("200ms", 200 * NS_PER_MS);
	duration_is("3s", 3 * NS_PER_S);
	duration_is("5m", 300 * NS_PER_S);
	duration_is("2h", 7200 * NS_PER_S);
}

Test(quantity, fractions_are_exact)
{
	duration_is("1.5m", 90 * NS_PER_S);
	duration_is("0.000000001s", 1);
	duration_is("1.000000001", NS_PER_S + 1);
	/* below a nanosecond there is nothing */
	duration_is("1.9ns", 1);
}

Test(quantity, what_is_no_time_is_refused)
{
	static const char *const texts[] = { "",     "s",   "-1",  "+1", " 1",
					     "1 s",  "1.",  ".5",  "1.s",
					     "1..2", "1e3", "0x1", "5S",
					     "1m30s", "1.2.3", "None" };
	size_t i;

	for (i = 0; i < array_size(texts); i++)
		duration_fails(texts[i], -EINVAL);
}

Test(quantity, more_than_a_year_is_refused)
{
	duration_is("8760h", QUANTITY_DURATION_MAX_NS);
	duration_fails("8760.1h", -ERANGE);
	duration_fails("31536001", -ERANGE);
	duration_fails("18446744073709551616", -ERANGE);
	duration_fails("99999999999999999999999999999999ns", -ERANGE);
}

Test(quantity, counts_have_bounds)
{
	uint32_t n = 42;

	cr_expect_eq(quantity_parse_count("0", 1, 9, &n), -ERANGE);
	cr_expect_eq(quantity_parse_count("10", 1, 9, &n), -ERANGE);
	cr_expect_eq(quantity_parse_count("4294967297", 0, UINT32_MAX, &n),
		     -ERANGE);
	cr_expect_eq(quantity_parse_count("", 0, 9, &n), -EINVAL);
	cr_expect_eq(quantity_parse_count("1x", 0, 9, &n), -EINVAL);
	cr_expect_eq(quantity_parse_count("-1", 0, 9, &n), -EINVAL);
	cr_expect_eq(n, 42);
	cr_expect_eq(quantity_parse_count("9", 1, 9, &n), 0);
	cr_expect_eq(n, 9);
}
