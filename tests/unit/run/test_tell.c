/* SPDX-License-Identifier: MIT */
/* The one place where a test ends: LF-1, STATE-11, DEF-10, LF-6. */
#include "run/tell.h"

#include "fake_run.h"
#include "run/collect.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N 8u

static struct fake_run f;
static struct fake_worker w;

static void open_run(void)
{
	fake_run_open(&f, N, 2);
	w = fake_worker_start(&f, 0, -1);
}

static void close_run(void)
{
	fake_run_close(&f);
}

TestSuite(tell, .init = open_run, .fini = close_run);

/* A test that prints, notes and ends so. */
static const struct heard *run_one(uint32_t position, const char *output,
				   const char *note, enum outcome outcome)
{
	fake_worker_begin(&w, position);
	atom64_store_relaxed(&w.shared->output,
			     tell_size(f.run.slots[0].spool_fd));
	if (output)
		fake_worker_print(&w, output);
	if (note)
		fake_worker_note(&w, position, NOTE_FAILURE, note);
	fake_worker_end(&w, position, outcome);
	fake_worker_push(&w, fake_worker_record(&w, position, outcome));
	fake_worker_rest(&w);
	collect_all(&f.run);
	cr_assert_not_null(fake_run_told(&f, position));
	return fake_run_told(&f, position);
}

Test(tell, gives_a_failure_its_output_and_notes)
{
	const struct heard *h = run_one(1, "hello\n", "why", OUTCOME_FAIL);

	cr_expect_str_eq(h->output, "hello\n");
	cr_expect_eq(h->test.output.total, 6);
	cr_expect_str_eq(h->text, "f t.c:7 why\n");
	cr_expect_eq(h->test.index, 1);
	cr_expect_eq(h->test.test_ix, 0);
}

/* Exact attribution: what a pass printed belongs to nobody else. */
Test(tell, keeps_the_output_of_one_test_from_the_next)
{
	run_one(0, "of zero\n", NULL, OUTCOME_PASS);
	cr_expect_str_eq(run_one(1, "of one\n", NULL, OUTCOME_FAIL)->output,
			 "of one\n");
	cr_expect_str_eq(run_one(2, NULL, NULL, OUTCOME_FAIL)->output, "");
	cr_expect_str_eq(run_one(3, "of three\n", NULL, OUTCOME_SKIP)->output,
			 "of three\n");
}

Test(tell, keeps_the_notes_of_one_test_from_the_next)
{
	run_one(0, NULL, "of zero", OUTCOME_FAIL);
	cr_expect_str_eq(run_one(1, NULL, "of one", OUTCOME_FAIL)->text,
			 "f t.c:7 of one\n");
	cr_expect_str_eq(run_one(2, NULL, NULL, OUTCOME_FAIL)->text, "");
}

/* DEF-10: the first 64 KiB and the last 192 KiB. */
Test(tell, keeps_the_ends_of_long_output)
{
	size_t len = 300 << 10;
	char *text = malloc(len + 1);
	const struct heard *h;

	memset(text, 'x', len);
	text[len] = '\0';
	h = run_one(0, text, NULL, OUTCOME_FAIL);
	cr_expect_eq(h->test.output.total, len);
	cr_expect_eq(h->test.output.head_len, 64 << 10);
	cr_expect_eq(h->test.output.tail_len, 192 << 10);
	free(text);
}

Test(tell, does_not_double_what_is_barely_too_long)
{
	size_t len = 100 << 10;
	char *text = malloc(len + 1);
	const struct heard *h;

	memset(text, 'x', len);
	text[len] = '\0';
	h = run_one(0, text, NULL, OUTCOME_FAIL);
	cr_expect_eq(h->test.output.head_len + h->test.output.tail_len, len);
	free(text);
}

/* LF-1 in the runner's own memory. */
Test(tell, tells_the_end_of_a_test_once)
{
	run_one(0, NULL, NULL, OUTCOME_PASS);
	tell_unstarted(&f.run, 0, OUTCOME_NOTRUN, NOTRUN_INTERRUPTED, NULL);
	cr_expect_eq(fake_run_told(&f, 0)->test.outcome, OUTCOME_PASS);
	cr_expect_eq(f.run.n_ended, 1);
	cr_expect_eq(tally_done(&f.run.tally), 1);
}

/* STATE-11: a flag beside the state, with what the test had to say. */
Test(tell, says_that_a_pass_left_something_behind)
{
	struct record r;

	fake_worker_begin(&w, 0);
	fake_worker_print(&w, "still here\n");
	fake_worker_end(&w, 0, OUTCOME_PASS);
	r = fake_worker_record(&w, 0, OUTCOME_PASS);
	r.leak = 1;
	fake_worker_push(&w, r);
	collect_all(&f.run);
	cr_expect(fake_run_told(&f, 0)->test.leak);
	cr_expect_eq(f.run.tally.leaks, 1);
	cr_expect_str_eq(fake_run_told(&f, 0)->output, "still here\n");
}

Test(tell, counts_what_was_never_started)
{
	const struct heard *h;

	tell_unstarted(&f.run, 4, OUTCOME_SKIP, NOTRUN_NONE, "disabled");
	h = fake_run_told(&f, 4);
	cr_expect_eq(h->test.outcome, OUTCOME_SKIP);
	cr_expect_eq(h->test.start_ns, 0);
	cr_expect_eq(h->test.exit_status, -1);
	cr_expect_str_eq(h->text, "s :0 disabled\n");
	cr_expect_eq(f.run.tally.count[OUTCOME_SKIP], 1);
}

Test(tell, of_a_fatal_error_never_ends_well)
{
	tell_fatal(&f.run, "no %s", "way");
	cr_expect(f.run.fatal);
	cr_expect(f.run.tally.untrusted);
	cr_expect_str_eq(fake_run_last(&f, EVENT_WARNING)->text, "no way");
}

Test(tell, of_a_lost_worker_names_slot_and_generation)
{
	fake_worker_gone(&w, FAKE_KILLED(SIGKILL));
	w = fake_worker_start(&f, 0, -1);
	tell_worker_lost(&f.run, 0, "gone");
	cr_expect_eq(f.run.tally.lost_workers, 2);
	cr_expect_eq(fake_run_last(&f, EVENT_WORKER_LOST)->worker.generation,
		     1);
}

/* NOTES_PER_TEST and a few: the array holds them all. */
Test(tell, cuts_a_flood_of_notes)
{
	const struct heard *h;
	uint32_t i;

	fake_worker_begin(&w, 0);
	for (i = 0; i < 200; i++)
		fake_worker_note(&w, 0, NOTE_FAILURE, "again");
	fake_worker_end(&w, 0, OUTCOME_FAIL);
	fake_worker_gone(&w, FAKE_KILLED(SIGKILL));
	h = fake_run_told(&f, 0);
	cr_expect_geq(h->test.n_notes, 16);
	cr_expect_leq(h->test.n_notes, 20);
	cr_expect_not_null(strstr(h->text, "\nr "), "the runner's comes last");
}

/* ---- records that lie about files (LF-6) ----------------------------- */

/* Publishes position with these ends. */
static const struct heard *lie(uint32_t position, enum outcome outcome,
			       uint64_t output_end, uint64_t notes_end)
{
	struct record r;

	fake_worker_begin(&w, position);
	fake_worker_end(&w, position, outcome);
	r = fake_worker_record(&w, position, outcome);
	r.output_end = output_end;
	r.notes_end = notes_end;
	fake_worker_push(&w, r);
	fake_worker_rest(&w);
	collect_all(&f.run);
	return fake_run_told(&f, position);
}

Test(tell, survives_a_failure_that_claims_too_much)
{
	const struct heard *h = lie(0, OUTCOME_FAIL, UINT64_MAX, UINT64_MAX);

	cr_assert_not_null(h);
	cr_expect_eq(h->test.output.total, 0);
	h = run_one(1, "mine\n", NULL, OUTCOME_FAIL);
	cr_expect_str_eq(h->output, "mine\n");
}

/* One test's lie must not cost the others their words. */
Test(tell, keeps_later_output_after_a_pass_that_claims_too_much)
{
	const struct heard *h;

	lie(0, OUTCOME_PASS, UINT64_MAX, 0);
	h = run_one(1, "mine\n", NULL, OUTCOME_FAIL);
	cr_expect_str_eq(h->output, "mine\n");
	cr_expect_eq(h->test.output.total, 5, "total is %llu",
		     (unsigned long long)h->test.output.total);
}

Test(tell, keeps_later_notes_after_a_failure_that_claims_too_much)
{
	lie(0, OUTCOME_FAIL, 0, UINT64_MAX);
	cr_expect_str_eq(run_one(1, NULL, "mine", OUTCOME_FAIL)->text,
			 "f t.c:7 mine\n");
}

Test(tell, survives_ends_that_go_back)
{
	run_one(0, "long enough\n", "note", OUTCOME_FAIL);
	cr_expect_eq(lie(1, OUTCOME_FAIL, 1, 1)->test.output.total, 0);
	cr_expect_str_eq(run_one(2, "two\n", "two", OUTCOME_FAIL)->output,
			 "two\n");
}
