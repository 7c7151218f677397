/* SPDX-License-Identifier: MIT */
#include "model/outcome.h"

#include <criterion/criterion.h>
#include <string.h>

Test(outcome, every_value_has_a_name_of_its_own)
{
	int i, j;

	for (i = 0; i < N_OUTCOMES; i++) {
		cr_assert_not_null(outcome_name((enum outcome)i));
		for (j = 0; j < i; j++)
			cr_expect_str_neq(outcome_name((enum outcome)i),
					  outcome_name((enum outcome)j));
	}
	for (i = 0; i < N_NOTRUNS; i++) {
		cr_assert_not_null(notrun_name((enum notrun)i));
		for (j = 0; j < i; j++)
			cr_expect_str_neq(notrun_name((enum notrun)i),
					  notrun_name((enum notrun)j));
	}
}

/* The numbers lie in the arena and come from there: any may be wrong. */
Test(outcome, a_number_that_is_none_is_named_invalid)
{
	cr_expect_str_eq(outcome_name(N_OUTCOMES), "invalid");
	cr_expect_str_eq(outcome_name((enum outcome)-1), "invalid");
	cr_expect_str_eq(notrun_name(N_NOTRUNS), "invalid");
}

/* EXIT-1 */
Test(outcome, four_of_them_are_failures)
{
	cr_expect(outcome_is_failure(OUTCOME_FAIL));
	cr_expect(outcome_is_failure(OUTCOME_CRASH));
	cr_expect(outcome_is_failure(OUTCOME_TIMEOUT));
	cr_expect(outcome_is_failure(OUTCOME_ERROR));
	cr_expect_not(outcome_is_failure(OUTCOME_PASS));
	cr_expect_not(outcome_is_failure(OUTCOME_SKIP));
	cr_expect_not(outcome_is_failure(OUTCOME_FLAKY));
	cr_expect_not(outcome_is_failure(OUTCOME_NOTRUN));
}
