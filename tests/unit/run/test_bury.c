/* SPDX-License-Identifier: MIT */
/*
 * The death table of run/bury.h, a test per row: phase of `current` against
 * the state word.  LF-1, LF-2, LF-7, LF-13, STATE-12, PROC-15, PROC-16.
 */
#include "run/bury.h"

#include "fake_run.h"
#include "run/collect.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

#define N 8u
#define P 3u /* the position in the dead hands */

static struct fake_run f;
static struct fake_worker w, other;

static void open_run(void)
{
	fake_run_open(&f, N, 3);
	w = fake_worker_start(&f, 0, -1);
	other = fake_worker_start(&f, 1, -1);
}

static void close_run(void)
{
	fake_run_close(&f);
}

TestSuite(bury, .init = open_run, .fini = close_run);

static void die(int status)
{
	fake_worker_gone(&w, status);
}

static void expect_requeued(void)
{
	cr_expect_null(fake_run_told(&f, P), "nobody is blamed");
	cr_expect_eq(fake_run_state(&f, P).state, STATE_PENDING);
	cr_expect(fake_run_is_fed(&f, P));
	fake_run_finish(&f);
	cr_expect_eq(f.run.tally.count[OUTCOME_PASS], N);
	cr_expect_not(f.run.tally.untrusted);
}

static const struct heard *expect_ended(enum outcome outcome)
{
	const struct heard *h = fake_run_told(&f, P);

	cr_assert_not_null(h);
	cr_expect_eq(h->test.outcome, outcome, "it is %s",
		     outcome_name(h->test.outcome));
	cr_expect_eq(h->test.slot, 0);
	cr_expect_eq(h->test.generation, 0);
	cr_expect_eq(fake_run_state(&f, P).state, STATE_DONE);
	cr_expect_eq(fake_run_state(&f, P).outcome, outcome);
	fake_run_finish(&f);
	cr_expect_not(f.run.tally.untrusted);
	return fake_run_told(&f, P);
}

/* ---- IDLE ------------------------------------------------------------ */

Test(bury, of_an_idle_worker_touches_no_test)
{
	fake_worker_run(&w, 0, OUTCOME_PASS);
	die(FAKE_KILLED(SIGKILL));
	cr_expect_eq(f.run.n_ended, 1);
	cr_expect_eq(f.run.tally.lost_workers, 1);
	fake_run_finish(&f);
	cr_expect_eq(f.run.tally.count[OUTCOME_PASS], N);
}

/* Drained first: what was published counts. */
Test(bury, counts_what_was_published_before_the_death)
{
	fake_worker_run(&w, 0, OUTCOME_PASS);
	fake_worker_run(&w, 1, OUTCOME_FAIL);
	die(FAKE_KILLED(SIGKILL));
	cr_expect_not_null(fake_run_told(&f, 0));
	cr_expect_eq(fake_run_told(&f, 1)->test.outcome, OUTCOME_FAIL);
	cr_expect_eq(f.run.tally.lost_workers, 1);
	cr_expect_eq(f.run.tally.count[OUTCOME_CRASH], 0);
	fake_run_finish(&f);
}

/* ---- CLAIM ----------------------------------------------------------- */

Test(bury, of_a_claim_announced_requeues_a_pending_position)
{
	fake_worker_announce(&w, P);
	die(FAKE_KILLED(SIGKILL));
	cr_expect_eq(f.run.tally.lost_workers, 1);
	expect_requeued();
}

Test(bury, of_a_claim_made_requeues_the_position)
{
	fake_worker_announce(&w, P);
	fake_worker_claim(&w, P);
	die(FAKE_KILLED(SIGKILL));
	cr_expect_eq(f.run.tally.lost_workers, 1);
	expect_requeued();
}

/* The attempt was not used up. */
Test(bury, of_a_claim_keeps_the_attempt)
{
	fake_run_set_state(&f, P, state_pack((struct state_word){
					  .attempt = 2 }));
	fake_worker_announce(&w, P);
	fake_worker_claim(&w, P);
	die(FAKE_KILLED(SIGKILL));
	cr_expect_eq(fake_run_state(&f, P).attempt, 2);
}

Test(bury, of_a_claim_that_another_has_leaves_it_alone)
{
	fake_worker_announce(&w, P);
	fake_worker_begin(&other, P);
	die(FAKE_KILLED(SIGKILL));
	cr_expect_eq(fake_run_state(&f, P).slot, 1);
	cr_expect_not(fake_run_is_fed(&f, P));
	fake_worker_end(&other, P, OUTCOME_PASS);
	fake_worker_push(&other, fake_worker_record(&other, P, OUTCOME_PASS));
	fake_run_finish(&f);
	cr_expect_eq(f.run.tally.count[OUTCOME_PASS], N);
	cr_expect_eq(fake_run_told(&f, P)->test.slot, 1);
}

/* LOCK-1: two had one unit, from a sweep, and it died before it could drop its
 * own: the successor would go on beside who runs it. */
Test(bury, of_a_claim_that_another_has_drops_the_rest_of_the_unit)
{
	struct deque *held = &f.run.arena.deques[0].held;

	deque_install(held, range_bind(P + 1, P + 3));
	fake_worker_announce(&w, P);
	fake_worker_begin(&other, P);
	die(FAKE_KILLED(SIGKILL));
	cr_expect(range_is_empty(deque_peek(held)));
	cr_expect_not(fake_run_is_fed(&f, P + 1), "a sweep finds it");
}

/* The one before it is over: its successor goes on. */
Test(bury, of_a_claim_of_what_has_ended_keeps_the_rest_of_the_unit)
{
	struct deque *held = &f.run.arena.deques[0].held;

	deque_install(held, range_bind(P + 1, P + 3));
	fake_worker_run(&other, P, OUTCOME_PASS);
	collect_all(&f.run);
	fake_worker_announce(&w, P);
	die(FAKE_KILLED(SIGKILL));
	cr_expect_eq(deque_peek(held).lo, P + 1);
}

/* The successor in the same slot has it, not the dead one. */
Test(bury, of_a_claim_by_another_generation_leaves_it_alone)
{
	fake_worker_announce(&w, P);
	fake_run_set_state(&f, P, state_pack((struct state_word){
					  .state = STATE_CLAIMED,
					  .slot = 0,
					  .generation = 1 }));
	die(FAKE_KILLED(SIGKILL));
	cr_expect_eq(fake_run_state(&f, P).generation, 1);
	cr_expect_not(fake_run_is_fed(&f, P));
	cr_expect_null(fake_run_told(&f, P));
}

Test(bury, of_a_claim_of_what_is_done_leaves_it_done)
{
	fake_worker_run(&other, P, OUTCOME_FAIL);
	fake_worker_announce(&w, P);
	fake_run_finish(&f);
	die(FAKE_KILLED(SIGKILL));
	cr_expect_eq(fake_run_told(&f, P)->test.outcome, OUTCOME_FAIL);
	cr_expect_not(fake_run_is_fed(&f, P));
	cr_expect_eq(f.run.n_ended, N);
}

/* ---- RUN ------------------------------------------------------------- */

Test(bury, of_a_run_is_a_crash_with_its_signal)
{
	const struct heard *h;

	fake_worker_begin(&w, P);
	f.run.now_ns += 250;
	die(FAKE_KILLED(SIGSEGV));
	cr_expect_eq(f.run.tally.lost_workers, 0, "the test is the news");
	h = expect_ended(OUTCOME_CRASH);
	cr_expect_eq(h->test.signo, SIGSEGV);
	cr_expect_eq(h->test.exit_status, -1);
	cr_expect_eq(h->test.start_ns, FAKE_NOW_NS);
	cr_expect_eq(h->test.duration_ns, 250);
}

/* PROC-15: exit(0) without a completion record is no pass. */
Test(bury, of_a_run_that_exited_is_a_failure_whatever_the_status)
{
	const struct heard *h;

	fake_worker_begin(&w, P);
	die(FAKE_EXITED(0));
	h = expect_ended(OUTCOME_FAIL);
	cr_expect_eq(h->test.exit_status, 0);
	cr_expect_eq(h->test.signo, 0);
}

Test(bury, of_a_run_keeps_what_was_printed_and_noted)
{
	const struct heard *h;

	fake_worker_run(&w, 0, OUTCOME_PASS);
	fake_worker_begin(&w, P);
	fake_worker_print(&w, "last words");
	fake_worker_note(&w, P, NOTE_FAILURE, "one");
	fake_worker_note(&w, P + 1, NOTE_FAILURE, "not its own");
	die(FAKE_KILLED(SIGABRT));
	h = expect_ended(OUTCOME_CRASH);
	cr_expect_str_eq(h->output, "last words");
	cr_expect_not_null(strstr(h->text, "f t.c:7 one\n"));
	cr_expect_null(strstr(h->text, "not its own"));
}

/* LF-6: a start that cannot be true is not believed. */
Test(bury, of_a_run_does_not_believe_an_impossible_start)
{
	const struct heard *h;

	fake_worker_begin(&w, P);
	atom64_store_relaxed(&w.shared->start_ns, UINT64_MAX);
	die(FAKE_KILLED(SIGSEGV));
	h = expect_ended(OUTCOME_CRASH);
	cr_expect_eq(h->test.duration_ns, 0);
}

/* Finished before it died: the record was drained. */
Test(bury, of_a_run_with_its_record_is_no_crash)
{
	fake_worker_begin(&w, P);
	fake_worker_push(&w, fake_worker_record(&w, P, OUTCOME_PASS));
	die(FAKE_KILLED(SIGKILL));
	cr_expect_eq(f.run.tally.lost_workers, 1, "died between tests");
	expect_ended(OUTCOME_PASS);
}

Test(bury, of_a_run_of_what_another_has_blames_nobody)
{
	fake_worker_begin(&other, P);
	fake_worker_announce(&w, P);
	fake_worker_enter(&w, P); /* scribbled: it never had it */
	die(FAKE_KILLED(SIGSEGV));
	cr_expect_null(fake_run_told(&f, P));
	cr_expect_eq(fake_run_state(&f, P).slot, 1);
	cr_expect_eq(f.run.tally.lost_workers, 1);
}

/* LF-1: the runner's own table, whatever the word says now. */
Test(bury, of_a_run_of_what_has_ended_blames_nobody)
{
	fake_worker_run(&w, P, OUTCOME_PASS);
	bury(&f.run, 0, FAKE_KILLED(SIGKILL));
	fake_run_set_state(&f, P, state_pack((struct state_word){
					  .state = STATE_CLAIMED }));
	fake_worker_announce(&w, P);
	fake_worker_enter(&w, P);
	die(FAKE_KILLED(SIGSEGV));
	cr_expect_eq(fake_run_told(&f, P)->test.outcome, OUTCOME_PASS);
	cr_expect_eq(f.run.tally.count[OUTCOME_CRASH], 0);
	cr_expect_eq(f.run.tally.lost_workers, 2);
}

/* ---- KILL ------------------------------------------------------------ */

static void decide(enum crew_doom doom)
{
	struct atom64 *current = &w.shared->current;

	cr_assert(current_try_end(current, current_load(current), PHASE_KILL,
				  OUTCOME_NONE));
	f.run.slots[0].doom = doom;
}

/* LF-13, STATE-12: even an exit status of 0 is no pass then. */
Test(bury, of_a_run_out_of_time_is_a_timeout)
{
	fake_worker_begin(&w, P);
	decide(DOOM_TIMEOUT);
	f.run.now_ns += 700;
	die(FAKE_EXITED(0));
	cr_expect_eq(f.run.tally.lost_workers, 0);
	cr_expect_eq(expect_ended(OUTCOME_TIMEOUT)->test.duration_ns, 700);
}

Test(bury, of_an_interrupted_run_is_not_run)
{
	fake_worker_begin(&w, P);
	decide(DOOM_INTERRUPTED);
	f.run.stop.killed = NOTRUN_INTERRUPTED;
	die(FAKE_KILLED(SIGINT));
	cr_expect_eq(expect_ended(OUTCOME_NOTRUN)->test.notrun,
		     NOTRUN_INTERRUPTED);
	cr_expect_eq(f.run.tally.notrun[NOTRUN_INTERRUPTED], 1);
	cr_expect_eq(f.run.tally.lost_workers, 0);
}

/* All is done but a worker, which had to be killed. */
Test(bury, of_a_run_that_the_end_of_all_killed_is_an_error)
{
	fake_worker_begin(&w, P);
	decide(DOOM_LEAVING);
	die(FAKE_KILLED(SIGKILL));
	expect_ended(OUTCOME_ERROR);
	cr_expect_eq(f.run.tally.lost_workers, 0);
}

/* KILL in the arena alone is a scribble, but a test was entered: it may not
 * pass and must not be lost. */
Test(bury, of_a_kill_that_nobody_decided_still_ends_the_test)
{
	fake_worker_begin(&w, P);
	decide(DOOM_NONE);
	die(FAKE_KILLED(SIGSEGV));
	cr_assert_not_null(fake_run_told(&f, P));
	cr_expect(outcome_is_failure(fake_run_told(&f, P)->test.outcome));
	fake_run_finish(&f);
}

/* ---- FIN ------------------------------------------------------------- */

/* Never run again (LF-1), and the outcome stands. */
static void die_unrecorded(enum outcome left, enum outcome expected)
{
	const struct heard *h;

	fake_worker_begin(&w, P);
	cr_assert(fake_worker_end(&w, P, left));
	die(FAKE_KILLED(SIGKILL));
	cr_expect_not(fake_run_is_fed(&f, P));
	cr_expect_eq(f.run.tally.lost_workers, 1, "it is said that one died");
	h = expect_ended(expected);
	if (expected != OUTCOME_PASS)
		cr_expect_not_null(strstr(h->text, "r :0 "), "says why");
}

Test(bury, of_a_pass_that_was_not_recorded_keeps_it)
{
	die_unrecorded(OUTCOME_PASS, OUTCOME_PASS);
}

Test(bury, of_a_failure_that_was_not_recorded_keeps_it)
{
	die_unrecorded(OUTCOME_FAIL, OUTCOME_FAIL);
}

Test(bury, of_a_skip_that_was_not_recorded_keeps_it)
{
	die_unrecorded(OUTCOME_SKIP, OUTCOME_SKIP);
}

Test(bury, of_a_crash_that_was_not_recorded_keeps_it)
{
	die_unrecorded(OUTCOME_CRASH, OUTCOME_CRASH);
}

Test(bury, of_an_error_that_was_not_recorded_keeps_it)
{
	die_unrecorded(OUTCOME_ERROR, OUTCOME_ERROR);
}

/* What a worker cannot have found out (LF-6). */
Test(bury, of_an_impossible_outcome_is_an_error)
{
	die_unrecorded(OUTCOME_TIMEOUT, OUTCOME_ERROR);
}

Test(bury, of_an_unknown_outcome_is_an_error)
{
	die_unrecorded((enum outcome)15, OUTCOME_ERROR);
}

Test(bury, of_an_end_with_its_record_counts_it_once)
{
	fake_worker_begin(&w, P);
	fake_worker_end(&w, P, OUTCOME_SKIP);
	fake_worker_push(&w, fake_worker_record(&w, P, OUTCOME_SKIP));
	die(FAKE_KILLED(SIGKILL));
	cr_expect_eq(f.run.tally.lost_workers, 1);
	expect_ended(OUTCOME_SKIP);
}

/* ---- TEARDOWN and LEFT ----------------------------------------------- */

static void set_phase(uint32_t position, enum phase phase)
{
	current_store(&w.shared->current,
		      (struct current_word){ .position = position,
					     .phase = phase,
					     .seq = w.seq });
}

Test(bury, of_one_that_left_is_no_news)
{
	fake_worker_run(&w, 0, OUTCOME_PASS);
	fake_worker_leave(&w);
	die(FAKE_EXITED(0));
	cr_expect_eq(f.run.tally.lost_workers, 0);
	cr_expect_eq(f.run.tally.suite_errors, 0);
	cr_expect_eq(fake_run_count(&f, EVENT_WARNING), 0);
	fake_run_finish(&f);
	cr_expect_eq(f.run.tally.count[OUTCOME_PASS], N);
}

/* PROC-15: exit(0) from anywhere else is not how a worker leaves. */
Test(bury, of_one_that_only_exited_is_a_loss)
{
	die(FAKE_EXITED(0));
	cr_expect_eq(f.run.tally.lost_workers, 1);
}

/* PROC-16: exit(0) in the middle of a teardown hides nothing. */
Test(bury, of_a_teardown_that_did_not_end_fails_the_run)
{
	set_phase(0, PHASE_TEARDOWN);
	die(FAKE_EXITED(0));
	cr_expect_eq(f.run.tally.suite_errors, 1);
	cr_expect_not_null(fake_run_last(&f, EVENT_WARNING));
	fake_run_finish(&f);
	cr_expect_eq(tally_exit(&f.run.tally, &(const char *){ 0 }),
		     EXIT_FAILED);
}

/* Out of one scope on the way to the next test: as CLAIM. */
Test(bury, of_a_teardown_before_a_claim_requeues_the_position)
{
	fake_worker_announce(&w, P);
	set_phase(P, PHASE_TEARDOWN);
	die(FAKE_KILLED(SIGSEGV));
	cr_expect_eq(f.run.tally.suite_errors, 1);
	expect_requeued();
}

Test(bury, of_a_teardown_after_a_claim_requeues_the_position)
{
	fake_worker_announce(&w, P);
	fake_worker_claim(&w, P);
	set_phase(P, PHASE_TEARDOWN);
	die(FAKE_KILLED(SIGSEGV));
	cr_expect_eq(f.run.tally.suite_errors, 1);
	expect_requeued();
}

/* LF-6: no position that the plan does not have is looked at. */
Test(bury, of_a_scribbled_teardown_loses_no_test)
{
	static const uint32_t positions[] = { N, 1u << 24, UINT32_MAX };
	struct range r;
	size_t i;

	for (i = 0; i < sizeof(positions) / sizeof(positions[0]); i++) {
		if (i > 0)
			w = fake_worker_start(&f, 0, -1);
		set_phase(positions[i], PHASE_TEARDOWN);
		die(FAKE_KILLED(SIGSEGV));
		cr_expect_not(fake_run_take(&f, &r), "%u is fed", r.lo);
	}
	fake_run_finish(&f);
}

/* ---- damage ---------------------------------------------------------- */

/* LF-6: `current` is only looked at. */
Test(bury, of_a_scribbled_current_loses_no_test)
{
	static const uint64_t words[] = {
		UINT64_MAX,
		UINT64_C(0x0000000200000008), /* RUN of a position too high */
		UINT64_C(0x00000001ffffffff), /* CLAIM of one */
		UINT64_C(0x0000000900000003), /* no phase */
		UINT64_C(0x0000000f00000003),
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (i > 0)
			w = fake_worker_start(&f, 0, -1);
		fake_worker_announce(&w, (uint32_t)i);
		fake_worker_claim(&w, (uint32_t)i);
		atom64_store_relaxed(&w.shared->current, words[i]);
		die(FAKE_KILLED(SIGSEGV));
	}
	fake_run_finish(&f);
	cr_expect(f.run.tally.untrusted, "claimed by nobody who lives");
	cr_expect_eq(f.run.tally.count[OUTCOME_PASS] +
			     f.run.tally.count[OUTCOME_ERROR], N);
}
