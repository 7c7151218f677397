/* SPDX-License-Identifier: MIT */
/*
 * Failed tests that run once more alone, in a run without processes: the state
 * that a test has stays, and so do the counts (STATE-1, LF-1).
 */
#include "run/recheck.h"

#include "fake_run.h"
#include "run/collect.h"
#include "run/crew.h"
#include "run/retry.h"
#include "run/stop.h"
#include "run/tell.h"

#include <criterion/criterion.h>
#include <signal.h>

#define N 4u

static struct fake_run f;
static struct fake_worker w;

static void open_run(void)
{
	fake_run_open(&f, N, 2);
	f.args.recheck = true;
	w = fake_worker_start(&f, 0, -1);
}

static void close_run(void)
{
	fake_run_close(&f);
}

TestSuite(recheck, .init = open_run, .fini = close_run);

static void run_one(uint32_t position, enum outcome outcome)
{
	fake_worker_run(&w, position, outcome);
	collect_all(&f.run);
}

/* 1 and 3 fail. */
static void run_all(void)
{
	uint32_t p;

	for (p = 0; p < N; p++)
		run_one(p, p % 2 ? OUTCOME_FAIL : OUTCOME_PASS);
	cr_assert_eq(f.run.n_ended, N);
}

static void begin(uint32_t position)
{
	struct range r = { 0 };

	cr_assert(recheck_has_next(&f.run));
	recheck_begin(&f.run);
	cr_assert(fake_run_take(&f, &r));
	cr_expect_eq(r.lo, position);
	cr_expect_eq(r.hi, position + 1);
	cr_expect_eq(f.run.n_ended, N - 1);
}

static void expect_counts(void)
{
	cr_expect_eq(f.run.n_ended, N);
	cr_expect_eq(tally_done(&f.run.tally), N);
	cr_expect_eq(f.run.tally.count[OUTCOME_FAIL], 2);
	cr_expect_eq(fake_run_count(&f, EVENT_TEST_FINISHED), N);
}

Test(recheck, changes_no_state_whatever_comes_of_it)
{
	run_all();
	begin(1);
	run_one(1, OUTCOME_PASS);
	cr_expect_eq(fake_run_last(&f, EVENT_TEST_RECHECKED)->test.outcome,
		     OUTCOME_PASS);
	expect_counts();
	begin(3);
	run_one(3, OUTCOME_FAIL);
	cr_expect_eq(fake_run_last(&f, EVENT_TEST_RECHECKED)->test.outcome,
		     OUTCOME_FAIL);
	expect_counts();
	cr_expect_not(recheck_has_next(&f.run));
}

Test(recheck, survives_the_death_of_the_test)
{
	run_all();
	begin(1);
	fake_worker_begin(&w, 1);
	fake_worker_gone(&w, FAKE_KILLED(SIGSEGV));
	cr_expect_eq(fake_run_last(&f, EVENT_TEST_RECHECKED)->test.outcome,
		     OUTCOME_CRASH);
	cr_expect_eq(f.run.stop.n_crashes, 0, "it is no crash of the run");
	expect_counts();
}

Test(recheck, is_over_when_the_run_is_stopped)
{
	run_all();
	begin(1);
	stop_for_signal(&f.run, SIGINT);
	stop_tell_rest(&f.run);
	cr_expect_null(fake_run_last(&f, EVENT_TEST_RECHECKED));
	expect_counts();
	cr_expect_not(recheck_has_next(&f.run));
}

Test(recheck, is_no_retry)
{
	f.args.retries.most = 1;
	retry_open(&f.run);
	run_one(1, OUTCOME_FAIL);
	run_one(1, OUTCOME_FAIL);
	run_one(0, OUTCOME_PASS);
	run_one(2, OUTCOME_PASS);
	run_one(3, OUTCOME_PASS);
	cr_expect_eq(f.run.tally.retries, 1);
	recheck_begin(&f.run);
	run_one(1, OUTCOME_FAIL);
	cr_expect_eq(f.run.tally.retries, 1);
	cr_expect_eq(fake_run_count(&f, EVENT_TEST_RECHECKED), 1);
	cr_expect_eq(f.run.n_ended, N);
}

Test(recheck, wants_only_what_ran_and_failed)
{
	static const struct attrs chained = { .affinity = "", .serial = "s",
					      .lock = "", .after = "",
					      .tags = "", .description = "" };

	f.listing.tests[0].attrs = &chained;
	run_one(0, OUTCOME_FAIL);
	f.listing.tests[0].attrs = &attrs_default;
	run_one(1, OUTCOME_SKIP);
	tell_unstarted(&f.run, 2, OUTCOME_ERROR, NOTRUN_NONE, "no");
	cr_expect_not(recheck_has_next(&f.run));
}
