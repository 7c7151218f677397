/* SPDX-License-Identifier: MIT */
#include "base/compiler.h"

#include <criterion/criterion.h>
#include <stdint.h>

/* A size that grows between two looks: whoever looks twice takes the second
 * for the first. */
static uint64_t grow(void)
{
	static uint64_t size = 70;

	size += 92;
	return size - 92;
}

Test(compiler, min_and_max_look_once)
{
	uint64_t seen = 70;

	cr_expect_eq(min_of(seen, grow()), 70);
	cr_expect_eq(max_of(seen, grow()), 162);
	cr_expect_eq(grow(), 254);
}

Test(compiler, min_and_max_nest_and_mix)
{
	int small = 3;

	cr_expect_eq(min_of(max_of(small, 5), 4u), 4u);
	cr_expect_eq(max_of(min_of(small, 5), -1), 3);
}
