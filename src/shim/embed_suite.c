/* SPDX-License-Identifier: MIT */
/*
 * Running all tests, in a shared object: it may have a main() of its own in
 * it, and must be loadable, but nobody calls it here.  A test that runs tests
 * by itself fails: what they came to would be lost.
 */
#include "shim/shim.h"

#include <stdlib.h>

int criterion_run_all_tests(struct criterion_test_set *set)
{
	(void)set;
	if (!shim.call.test) {
		fputs("criterion_run_all_tests() while a suite is loaded\n",
		      stderr);
		exit(1);
	}
	shim_abort("criterion_run_all_tests() within a test");
}

void criterion_register_test(struct criterion_test_set *set,
			     struct abi_test *test)
{
	(void)set;
	(void)test;
}
