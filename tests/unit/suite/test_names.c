/* SPDX-License-Identifier: MIT */
/* SHM-13: a name is one test's. */
#include "suite/names.h"

#include "suite/adapter.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define MANY 300

static struct adapter_test tests[MANY];
static char names[MANY][16];

static void make(uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++) {
		snprintf(names[i], sizeof(names[i]), "S::t%u", i);
		tests[i] = (struct adapter_test){ .name = names[i],
						  .file = "t.c",
						  .line = 10 * i };
	}
}

Test(names, two_tests_of_one_name_are_an_error_that_names_both_places)
{
	struct err err = { 0 };

	make(3);
	snprintf(names[2], sizeof(names[2]), "S::t1");
	cr_expect_eq(names_check(tests, 3, &err), -EEXIST);
	cr_expect_str_eq(err.text,
			 "two tests are called S::t1: t.c:10 and t.c:20");
}

/* The table grows with the suite: no size may lose the double. */
Test(names, a_double_is_found_at_any_size)
{
	uint32_t n;

	for (n = 2; n < MANY; n++) {
		struct err err = { 0 };

		make(n);
		cr_assert_eq(names_check(tests, n, &err), 0, "%u", n);
		snprintf(names[n - 1], sizeof(names[n - 1]), "S::t0");
		cr_assert_eq(names_check(tests, n, &err), -EEXIST, "%u", n);
	}
}

Test(names, one_test_and_none_are_fine)
{
	struct err err = { 0 };

	make(1);
	cr_expect_eq(names_check(tests, 1, &err), 0);
	cr_expect_eq(names_check(tests, 0, &err), 0);
}
