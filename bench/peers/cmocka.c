/* SPDX-License-Identifier: MIT */
/* cmocka.c TESTS: so many empty tests for cmocka, in one process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* Without an argument. */
#ifndef TESTS
#define TESTS 1000
#endif

static void empty(void **state)
{
	(void)state;
}

int main(int argc, char **argv)
{
	size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : TESTS, i;
	struct CMUnitTest *tests = calloc(n, sizeof(*tests));
	char(*names)[12] = calloc(n, sizeof(*names));

	if (!tests || !names)
		return 99;
	for (i = 0; i < n; i++) {
		snprintf(names[i], sizeof(names[i]), "t%zu", i);
		tests[i] = (struct CMUnitTest){ .name = names[i],
						.test_func = empty };
	}
	return _cmocka_run_group_tests("empty", tests, n, NULL, NULL);
}
