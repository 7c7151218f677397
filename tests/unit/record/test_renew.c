/* SPDX-License-Identifier: MIT */
/* What a run leaves for the next (EST-1, EST-4 to EST-7, KEY-1, KEY-3,
 * STALE-1, NEW-3, STOP-3, DEC-7). */
#include "record/renew.h"

#include "past.h"

#include <criterion/criterion.h>

static struct past p;

static void open_past(void)
{
	past_open(&p);
}

static void close_past(void)
{
	past_close(&p);
}

TestSuite(renew, .init = open_past, .fini = close_past);

/* a::one and a::two, both in a.c. */
static void two_tests(void)
{
	past_begin(&p);
	past_test(&p, "a::one", "a.c", 1);
	past_test(&p, "a::two", "a.c", 1);
	past_start(&p);
}

static void both_pass(void)
{
	past_start(&p);
	past_ran(&p, "a::one", 0, OUTCOME_PASS, 100);
	past_ran(&p, "a::two", 0, OUTCOME_PASS, 500);
	past_end(&p);
}

static const struct book_row *row(const char *name)
{
	return past_row(&p, BOOK_TEST, name, 0);
}

Test(renew, a_pass_is_a_sample)
{
	two_tests();
	both_pass();
	cr_assert_not_null(row("a::one"));
	cr_expect_eq(row("a::one")->est_ns, 100);
	cr_expect_eq(row("a::one")->runs, 1);
	cr_expect_eq(row("a::one")->last, OUTCOME_PASS);
	cr_expect_eq(row("a::one")->seen_day, 20000);
	cr_expect_eq(row("a::one")->passed_day, 20000);
	cr_expect_eq(row("a::two")->est_ns, 500);
	cr_expect_eq(p.book.n_rows, 2);
}

/* EST-1, EST-5, EST-6, PEER-12, BAL-8: nothing else is; 0 is never learnt. */
Test(renew, nothing_but_a_clean_first_pass_is_a_sample)
{
	static const enum outcome others[] = { OUTCOME_FAIL, OUTCOME_CRASH,
					       OUTCOME_SKIP, OUTCOME_ERROR,
					       OUTCOME_FLAKY, OUTCOME_NOTRUN };
	const struct event_test unclean[] = {
		{ .outcome = OUTCOME_PASS, .leak = true, .duration_ns = 1 },
		{ .outcome = OUTCOME_PASS, .attempt = 1, .duration_ns = 1 },
	};
	size_t i;

	two_tests();
	both_pass();
	for (i = 0; i < array_size(others); i++) {
		past_start(&p);
		past_ran(&p, "a::one", 0, others[i], 1);
		past_end(&p);
		cr_expect_eq(row("a::one")->est_ns, 100, "%s",
			     outcome_name(others[i]));
		cr_expect_eq(row("a::one")->runs, 1);
	}
	for (i = 0; i < array_size(unclean); i++) {
		past_start(&p);
		past_event(&p, "a::one", unclean[i]);
		past_end(&p);
		cr_expect_eq(row("a::one")->est_ns, 100, "%zu", i);
	}
	cr_expect_eq(row("a::two")->est_ns, 500);
}

Test(renew, a_test_that_never_passed_is_remembered_without_a_time)
{
	two_tests();
	past_ran(&p, "a::one", 0, OUTCOME_CRASH, 7);
	past_end(&p);
	cr_expect_eq(row("a::one")->runs, 0);
	cr_expect_eq(row("a::one")->est_ns, 0);
	cr_expect_eq(row("a::one")->last, OUTCOME_CRASH);
	cr_expect_eq(row("a::one")->passed_day, 0);
	cr_expect_null(row("a::two"), "nobody has heard of it");
}

/* EST-5 */
Test(renew, a_time_out_raises_and_a_pass_takes_that_back)
{
	two_tests();
	both_pass();
	past_start(&p);
	past_ran(&p, "a::one", 0, OUTCOME_TIMEOUT, 9000);
	past_end(&p);
	cr_expect_eq(row("a::one")->est_ns, 9000);
	cr_expect(row("a::one")->flags & BOOK_CENSORED);
	cr_expect_eq(row("a::one")->runs, 1);
	both_pass();
	cr_expect_not(row("a::one")->flags & BOOK_CENSORED);
	cr_expect_lt(row("a::one")->est_ns, 9000);
	cr_expect_eq(row("a::one")->runs, 2);
}

Test(renew, a_crowded_run_counts_half)
{
	two_tests();
	both_pass();
	p.crowded = true;
	past_start(&p);
	past_ran(&p, "a::one", 0, OUTCOME_PASS, 200);
	past_end(&p);
	cr_expect_eq(row("a::one")->est_ns, 125, "EST-7");
}

Test(renew, an_alert_compares_with_what_was_known_before)
{
	two_tests();
	past_ran(&p, "a::one", 0, OUTCOME_PASS, UINT64_C(1000000000));
	past_end(&p);
	cr_expect_eq(p.n_slow, 0, "the first time it is what it is");
	past_start(&p);
	past_ran(&p, "a::one", 0, OUTCOME_PASS, UINT64_C(3000000000));
	past_end(&p);
	cr_expect_eq(p.n_slow, 1, "EST-4");
}

/* STOP-3: failed or did not run last time; tests that were not selected keep
 * their word. */
Test(renew, what_failed_or_did_not_run_is_to_do)
{
	two_tests();
	past_ran(&p, "a::one", 0, OUTCOME_FAIL, 1);
	past_ran(&p, "a::two", 0, OUTCOME_NOTRUN, 0);
	past_end(&p);
	cr_expect(row("a::one")->flags & BOOK_TODO);
	cr_expect(row("a::two")->flags & BOOK_TODO);
	cr_expect_eq(row("a::two")->seen_day, 0, "it did not run");
	past_start(&p);
	past_ran(&p, "a::two", 0, OUTCOME_PASS, 1);
	past_end(&p);
	cr_expect(row("a::one")->flags & BOOK_TODO, "was not selected");
	cr_expect_not(row("a::two")->flags & BOOK_TODO);
	past_start(&p);
	past_ran(&p, "a::one", 0, OUTCOME_SKIP, 1);
	past_end(&p);
	cr_expect_not(row("a::one")->flags & BOOK_TODO);
}

/* ---- keys ------------------------------------------------------------ */

/* KEY-1: neither the place in the suite nor the build is in the key. */
Test(renew, a_test_that_moved_is_the_same)
{
	two_tests();
	both_pass();
	past_begin(&p);
	past_test(&p, "a::two", "b.c", 1);
	past_test(&p, "a::new", "b.c", 1);
	past_test(&p, "a::one", "b.c", 1);
	p.build_id = 2;
	both_pass();
	cr_expect_eq(row("a::one")->runs, 2);
	cr_expect_eq(row("a::two")->runs, 2);
	cr_expect_null(row("a::new"));
}

/* KEY-3 */
Test(renew, a_changed_build_raises_the_deviation_by_half_once)
{
	two_tests();
	both_pass();
	p.book.rows[0].dev_ns = 10;
	past_start(&p);
	p.build_id = 2;
	past_end(&p);
	cr_expect_eq(row("a::one")->dev_ns, 15);
	past_end(&p);
	cr_expect_eq(row("a::one")->dev_ns, 15);
	cr_expect_eq(row("a::one")->est_ns, 100);
}

/* Of a range of more than 4096 instances neighbours share a row (KEY-1). */
Test(renew, a_block_of_a_large_range_learns_its_mean)
{
	past_begin(&p);
	past_test(&p, "r::many", "r.c", 10000); /* blocks of 3 */
	past_start(&p);
	past_ran(&p, "r::many", 3, OUTCOME_PASS, 100);
	past_ran(&p, "r::many", 4, OUTCOME_PASS, 200);
	past_ran(&p, "r::many", 5, OUTCOME_FAIL, 900);
	past_end(&p);
	cr_assert_not_null(past_row(&p, BOOK_TEST, "r::many", 3));
	cr_expect_eq(p.book.n_rows, 1);
	cr_expect_eq(p.book.rows[0].est_ns, 150);
	cr_expect_eq(p.book.rows[0].runs, 1, "one run is one sample");
	cr_expect_eq(p.book.rows[0].last, OUTCOME_FAIL);
	past_start(&p);
	past_ran(&p, "r::many", 4, OUTCOME_PASS, 200);
	past_end(&p);
	cr_expect(p.book.rows[0].flags & BOOK_TODO,
		  "the one that failed has not run again");
}

/* RTY-3: several times of one instance are not as many instances, neither for
 * STOP-3 nor for what ages what is gone (BAL-5). */
Test(renew, times_of_one_test_are_not_the_others)
{
	uint32_t i;

	past_begin(&p);
	past_test(&p, "r::many", "r.c", 10000); /* blocks of 3 */
	past_start(&p);
	past_ran(&p, "r::many", 5, OUTCOME_FAIL, 900);
	past_end(&p);
	past_start(&p);
	p.samples.n_times = 3;
	for (i = 0; i < 3; i++)
		past_ran(&p, "r::many", 4, OUTCOME_PASS, 200);
	past_end(&p);
	cr_expect(p.book.rows[0].flags & BOOK_TODO,
		  "the one that failed has not run again");
	past_start(&p);
	p.samples.n_times = 3;
	for (i = 0; i < 9; i++)
		past_ran(&p, "r::many", 3 + i % 3, OUTCOME_PASS, 200);
	past_end(&p);
	cr_expect_not(p.book.rows[0].flags & BOOK_TODO, "all of them have");
}

/* ---- renamed --------------------------------------------------------- */

/* NEW-3 */
Test(renew, a_renamed_test_inherits)
{
	two_tests();
	both_pass();
	past_begin(&p);
	past_test(&p, "a::one", "a.c", 1);
	past_test(&p, "a::zwei", "a.c", 1);
	past_start(&p);
	past_ran(&p, "a::zwei", 0, OUTCOME_PASS, 500);
	past_end(&p);
	cr_assert_not_null(row("a::zwei"));
	cr_expect_eq(row("a::zwei")->runs, 2);
	cr_expect_null(row("a::two"));
	past_start(&p);
	past_ran(&p, "a::zwei", 0, OUTCOME_PASS, 500);
	past_end(&p);
	cr_expect_eq(row("a::zwei")->runs, 3, "its key is its new name's");
}

Test(renew, a_renamed_range_inherits_row_by_row)
{
	past_begin(&p);
	past_test(&p, "a::r", "a.c", 3);
	past_start(&p);
	past_ran(&p, "a::r", 1, OUTCOME_PASS, 100);
	past_ran(&p, "a::r", 2, OUTCOME_PASS, 200);
	past_end(&p);
	past_begin(&p);
	past_test(&p, "a::s", "a.c", 3);
	past_start(&p);
	past_ran(&p, "a::s", 2, OUTCOME_PASS, 200);
	past_end(&p);
	cr_assert_not_null(past_row(&p, BOOK_TEST, "a::s", 2));
	cr_expect_eq(past_row(&p, BOOK_TEST, "a::s", 2)->est_ns, 200);
	cr_expect_null(past_row(&p, BOOK_TEST, "a::r", 1));
}

Test(renew, two_that_vanished_or_appeared_are_no_rename)
{
	two_tests();
	both_pass();
	past_begin(&p);
	past_test(&p, "a::three", "a.c", 1);
	past_start(&p);
	past_ran(&p, "a::three", 0, OUTCOME_PASS, 7);
	past_end(&p);
	cr_expect_eq(row("a::three")->runs, 1);
	cr_expect_not_null(row("a::one"));
	past_begin(&p);
	past_test(&p, "a::four", "other.c", 1);
	past_start(&p);
	past_ran(&p, "a::four", 0, OUTCOME_PASS, 7);
	past_end(&p);
	cr_expect_eq(row("a::four")->runs, 1, "of another file");
}

/* ---- stale ----------------------------------------------------------- */

static void full_run_without_two(void)
{
	past_begin(&p);
	past_test(&p, "a::one", "a.c", 1);
	past_start(&p);
	past_ran(&p, "a::one", 0, OUTCOME_PASS, 100);
	past_end(&p);
}

/* NEW-3: it vanished some runs ago, so the new one is another. */
Test(renew, a_test_that_was_gone_before_is_no_rename)
{
	two_tests();
	both_pass();
	full_run_without_two();
	past_begin(&p);
	past_test(&p, "a::one", "a.c", 1);
	past_test(&p, "a::new", "a.c", 1);
	past_start(&p);
	past_ran(&p, "a::new", 0, OUTCOME_PASS, 3);
	past_end(&p);
	cr_expect_eq(row("a::new")->runs, 1);
	cr_expect_not_null(row("a::two"));
}

/* STALE-1, BAL-6 */
Test(renew, what_is_gone_is_dropped_after_ten_full_runs)
{
	int i;

	two_tests();
	both_pass();
	for (i = 1; i < 10; i++) {
		full_run_without_two();
		cr_expect_not_null(row("a::two"), "after %d", i);
	}
	full_run_without_two();
	cr_expect_null(row("a::two"));
	cr_expect_not_null(row("a::one"));
}

Test(renew, what_comes_back_begins_anew_to_age)
{
	int i;

	two_tests();
	both_pass();
	for (i = 0; i < 9; i++)
		full_run_without_two();
	two_tests();
	past_ran(&p, "a::one", 0, OUTCOME_PASS, 1);
	past_end(&p);
	full_run_without_two();
	cr_expect_not_null(row("a::two"));
	cr_expect_eq(row("a::two")->est_ns, 500);
}

Test(renew, what_is_gone_for_ninety_days_is_dropped)
{
	two_tests();
	both_pass();
	p.today += 90;
	full_run_without_two();
	cr_expect_not_null(row("a::two"));
	p.today += 1;
	full_run_without_two();
	cr_expect_null(row("a::two"));
}

/* Filtered, sharded, stopped: not everything ran (BAL-5). */
Test(renew, a_part_of_a_run_ages_nothing)
{
	int i;

	two_tests();
	both_pass();
	for (i = 0; i < 20; i++) {
		past_begin(&p);
		past_test(&p, "b::x", "b.c", 1);
		past_test(&p, "b::y", "b.c", 1);
		past_start(&p);
		past_ran(&p, "b::x", 0, OUTCOME_PASS, 1);
		if (i % 2)
			past_ran(&p, "b::y", 0, OUTCOME_NOTRUN, 0);
		p.today += 100;
		past_end(&p);
	}
	cr_expect_not_null(row("a::one"));
	cr_expect_eq(row("a::one")->missed, 0);
}

/* STALE-1: of a suite that is all in this shard others know nothing less. */
Test(renew, a_shard_ages_nothing_although_all_of_a_suite_ran)
{
	int i;

	two_tests();
	both_pass();
	p.partial = true;
	for (i = 0; i < 20; i++)
		full_run_without_two();
	cr_expect_not_null(row("a::two"));
	cr_expect_eq(row("a::two")->missed, 0);
}

/* ---- memory ---------------------------------------------------------- */

static void peak(const char *name, enum outcome outcome, uint32_t kib)
{
	struct usage usage = { .peak_kib = kib };

	past_event(&p, name, (struct event_test){ .outcome = outcome,
						  .duration_ns = 100,
						  .usage = &usage });
}

/* JOBS-4: it rises at once, and sinks slowly; a run that did not measure it
 * changes nothing, and what a failed test had counts too. */
Test(renew, the_peak_of_memory_is_remembered)
{
	two_tests();
	peak("a::one", OUTCOME_PASS, 1000);
	peak("a::two", OUTCOME_FAIL, 300);
	past_end(&p);
	cr_expect_eq(row("a::one")->peak_kib, 1000);
	cr_expect_eq(row("a::two")->peak_kib, 300);
	past_start(&p);
	peak("a::one", OUTCOME_PASS, 600);
	peak("a::two", OUTCOME_CRASH, 900);
	past_end(&p);
	cr_expect_eq(row("a::one")->peak_kib, 900);
	cr_expect_eq(row("a::two")->peak_kib, 900);
	both_pass();
	cr_expect_eq(row("a::one")->peak_kib, 900);
}

/* Of instances that share a row the largest. */
Test(renew, a_row_of_a_range_has_its_largest_peak)
{
	struct usage usage = { 0 };
	uint32_t i;

	past_begin(&p);
	past_test(&p, "a::range", "a.c", 2 * COSTS_ROWS_MAX);
	past_start(&p);
	for (i = 0; i < 4; i++) {
		usage.peak_kib = 100 * (i + 1);
		past_event(&p, "a::range", (struct event_test){
			.index = i, .outcome = OUTCOME_PASS,
			.duration_ns = 1, .usage = &usage });
	}
	past_end(&p);
	cr_expect_eq(past_row(&p, BOOK_TEST, "a::range", 0)->peak_kib, 200);
	cr_expect_eq(past_row(&p, BOOK_TEST, "a::range", 2)->peak_kib, 400);
}

/* ---- fixtures -------------------------------------------------------- */

static void fixture(enum fixture_kind kind, uint32_t test_ix, bool teardown,
		    uint64_t ns)
{
	samples_add_fixture(&p.samples, &(struct event_fixture){
		.kind = kind, .test_ix = test_ix, .teardown = teardown,
		.duration_ns = ns });
}

/* FIX-7: set-up and teardown together, the mean of all workers. */
Test(renew, fixtures_have_rows_of_their_own)
{
	two_tests();
	fixture(FIXTURE_KIND_SCOPE, 0, false, 100);
	fixture(FIXTURE_KIND_SCOPE, 1, false, 300);
	fixture(FIXTURE_KIND_WORKER, 0, false, 70);
	fixture(FIXTURE_KIND_SCOPE, 1, true, 200);
	past_ran(&p, "a::one", 0, OUTCOME_PASS, 5);
	past_end(&p);
	cr_assert_not_null(past_row(&p, BOOK_SCOPE, "a", 0));
	cr_expect_eq(past_row(&p, BOOK_SCOPE, "a", 0)->est_ns, 300);
	cr_expect_eq(past_row(&p, BOOK_WORKER, "", 0)->est_ns, 70);
	cr_expect_eq(row("a::one")->est_ns, 5);
	past_start(&p);
	fixture(FIXTURE_KIND_SCOPE, 0, false, 500);
	past_end(&p);
	cr_expect_eq(past_row(&p, BOOK_SCOPE, "a", 0)->est_ns, 400);
	cr_expect_eq(past_row(&p, BOOK_SCOPE, "a", 0)->runs, 2);
	cr_expect_eq(p.book.n_rows, 3);
}
