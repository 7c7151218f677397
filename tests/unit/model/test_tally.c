/* SPDX-License-Identifier: MIT */
/* Exit statuses and their order (EXIT-0 .. EXIT-9, STATE-1). */
#include "model/tally.h"

#include <criterion/criterion.h>

static void add(struct tally *t, enum outcome outcome)
{
	t->selected++;
	tally_add(t, outcome, NOTRUN_NONE, false);
}

static void add_notrun(struct tally *t, enum notrun reason)
{
	t->selected++;
	tally_add(t, OUTCOME_NOTRUN, reason, false);
}

static void exits(const struct tally *t, enum exit_code expected)
{
	const char *why = NULL;
	enum exit_code code = tally_exit(t, &why);

	cr_expect_eq(code, expected, "%d: %s", code, why);
	cr_expect(why && *why, "a reason in words");
}

Test(tally, passed_failed_and_skipped_are_the_whole)
{
	struct tally t = { 0 };
	int i;

	for (i = OUTCOME_PASS; i < N_OUTCOMES; i++)
		add(&t, (enum outcome)i);
	cr_expect_eq(tally_done(&t), N_OUTCOMES - 1);
	cr_expect_eq(tally_passed(&t), 2);
	cr_expect_eq(tally_failed(&t), 4);
	cr_expect_eq(tally_skipped(&t), 2);
	cr_expect_eq(tally_passed(&t) + tally_failed(&t) + tally_skipped(&t),
		     t.selected);
}

Test(tally, a_leak_is_counted_beside_the_state)
{
	struct tally t = { .selected = 1 };

	tally_add(&t, OUTCOME_PASS, NOTRUN_NONE, true);
	cr_expect_eq(t.leaks, 1);
	cr_expect_eq(t.count[OUTCOME_PASS], 1);
	/* DEF-15 */
	exits(&t, EXIT_PASSED);
}

Test(tally, skipped_and_flaky_tests_pass)
{
	struct tally t = { 0 };

	add(&t, OUTCOME_PASS);
	add(&t, OUTCOME_SKIP);
	add(&t, OUTCOME_FLAKY);
	exits(&t, EXIT_PASSED);
}

Test(tally, each_failure_fails_the_run)
{
	static const enum outcome failures[] = { OUTCOME_FAIL, OUTCOME_CRASH,
						 OUTCOME_TIMEOUT,
						 OUTCOME_ERROR };
	size_t i;

	for (i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
		struct tally t = { 0 };

		add(&t, OUTCOME_PASS);
		add(&t, failures[i]);
		exits(&t, EXIT_FAILED);
	}
}

/* REC-1: what failed in an earlier part has failed. */
Test(tally, who_failed_before_fails_the_run)
{
	struct tally t = { .failed_before = 1 };

	add(&t, OUTCOME_PASS);
	exits(&t, EXIT_FAILED);
}

/* EXIT-1: not run for a reason other than a signal */
Test(tally, a_cancelled_test_fails_the_run_and_an_interrupted_one_does_not)
{
	struct tally t = { 0 };

	add(&t, OUTCOME_PASS);
	add_notrun(&t, NOTRUN_INTERRUPTED);
	exits(&t, EXIT_PASSED);
	add_notrun(&t, NOTRUN_MAX_FAIL);
	exits(&t, EXIT_FAILED);
}

Test(tally, a_failed_teardown_fails_the_run)
{
	struct tally t = { .suite_errors = 1 };

	add(&t, OUTCOME_PASS);
	exits(&t, EXIT_FAILED);
}

/* EXIT-3, STATE-1 */
Test(tally, a_test_without_a_state_is_not_to_be_trusted)
{
	struct tally t = { 0 };

	add(&t, OUTCOME_PASS);
	t.selected++;
	exits(&t, EXIT_UNTRUSTED);
}

/* EXIT-4, EXIT-7 */
Test(tally, nothing_selected_and_everything_skipped)
{
	struct tally t = { 0 };

	exits(&t, EXIT_NOTHING);
	t.skip_exit = true;
	exits(&t, EXIT_NOTHING);
	add(&t, OUTCOME_SKIP);
	exits(&t, EXIT_SKIPPED);
	t.skip_exit = false;
	exits(&t, EXIT_PASSED);
	t.skip_exit = true;
	add(&t, OUTCOME_PASS);
	exits(&t, EXIT_PASSED);
}

/* EXIT-9: 3, 5, 6, 1, 4, 0 */
Test(tally, the_worst_reason_wins)
{
	struct tally t = { .skip_exit = true };

	add(&t, OUTCOME_SKIP);
	exits(&t, EXIT_SKIPPED);
	add(&t, OUTCOME_FAIL);
	exits(&t, EXIT_FAILED);
	add_notrun(&t, NOTRUN_ENVIRONMENT);
	exits(&t, EXIT_ENVIRONMENT);
	t.bad_suites = 1;
	exits(&t, EXIT_SUITE);
	t.untrusted = true;
	exits(&t, EXIT_UNTRUSTED);
}
