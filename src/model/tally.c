/* SPDX-License-Identifier: MIT */
#include "model/tally.h"

void tally_add(struct tally *t, enum outcome outcome, enum notrun reason,
	       bool leak)
{
	t->count[outcome]++;
	if (outcome == OUTCOME_NOTRUN)
		t->notrun[reason]++;
	if (leak)
		t->leaks++;
}

uint64_t tally_done(const struct tally *t)
{
	uint64_t sum = 0;
	int i;

	for (i = OUTCOME_PASS; i < N_OUTCOMES; i++)
		sum += t->count[i];
	return sum;
}

uint64_t tally_passed(const struct tally *t)
{
	return t->count[OUTCOME_PASS] + t->count[OUTCOME_FLAKY];
}

uint64_t tally_failed(const struct tally *t)
{
	return t->count[OUTCOME_FAIL] + t->count[OUTCOME_CRASH] +
	       t->count[OUTCOME_TIMEOUT] + t->count[OUTCOME_ERROR];
}

uint64_t tally_skipped(const struct tally *t)
{
	return t->count[OUTCOME_SKIP] + t->count[OUTCOME_NOTRUN];
}

/* A test not run for a reason other than a signal fails the run (EXIT-1). */
static bool tally_has_notrun(const struct tally *t)
{
	return t->count[OUTCOME_NOTRUN] > t->notrun[NOTRUN_INTERRUPTED];
}

enum exit_code tally_exit(const struct tally *t, const char **why)
{
	if (tally_done(t) != t->selected) {
		*why = "a selected test has no terminal state";
		return EXIT_UNTRUSTED;
	}
	if (t->notrun[NOTRUN_NO_WORKER]) {
		*why = "no worker could be had for the rest";
		return EXIT_UNTRUSTED;
	}
	if (t->untrusted) {
		*why = "the result cannot be trusted";
		return EXIT_UNTRUSTED;
	}
	if (t->signo) {
		*why = "the run was interrupted";
		return EXIT_FAILED;
	}
	if (t->bad_suites) {
		*why = "a suite could not be loaded or listed";
		return EXIT_SUITE;
	}
	if (t->environment || t->notrun[NOTRUN_ENVIRONMENT]) {
		*why = "the environment is broken: every canary failed";
		return EXIT_ENVIRONMENT;
	}
	if (tally_failed(t)) {
		*why = "a test failed";
		return EXIT_FAILED;
	}
	if (t->failed_before) {
		*why = "a test had failed in the run that is resumed";
		return EXIT_FAILED;
	}
	if (t->flaky_fails && t->count[OUTCOME_FLAKY]) {
		*why = "a test passed only when it was run again";
		return EXIT_FAILED;
	}
	if (t->suite_errors) {
		*why = "a fixture's teardown failed";
		return EXIT_FAILED;
	}
	if (tally_has_notrun(t)) {
		*why = "a selected test was not run";
		return EXIT_FAILED;
	}
	if (t->selected == 0) {
		*why = "no test was selected";
		return EXIT_NOTHING;
	}
	if (t->skip_exit && t->count[OUTCOME_SKIP] == t->selected) {
		*why = "every test was skipped";
		return EXIT_SKIPPED;
	}
	*why = t->count[OUTCOME_FLAKY]
		       ? "all selected tests passed, some only when run again"
		       : "all selected tests passed";
	return EXIT_PASSED;
}
