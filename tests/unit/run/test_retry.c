/* SPDX-License-Identifier: MIT */
/*
 * Tests that are run again, in a run without processes: RTY-1, RTY-2, STATE-1,
 * STATE-8, STATE-10, ACC-5, LF-1, SIG-2, STOP-2, TIME-11, CRASH-2, CRASH-3.
 */
#include "run/retry.h"

#include "base/clock.h"
#include "base/vec.h"
#include "fake_run.h"
#include "loop/loop.h"
#include "run/bury.h"
#include "run/collect.h"
#include "run/crew.h"
#include "run/feed.h"
#include "run/keeper.h"
#include "run/stop.h"
#include "run/tell.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

#define N 8u
#define P 3u

static struct fake_run f;
static struct fake_worker w, other;

static void open_run(void)
{
	fake_run_open(&f, N, 3);
	f.args.retries.most = 2;
	retry_open(&f.run);
	w = fake_worker_start(&f, 0, -1);
	other = fake_worker_start(&f, 1, -1);
}

static void close_run(void)
{
	fake_run_close(&f);
}

TestSuite(retry, .init = open_run, .fini = close_run);

static void run_one(struct fake_worker *by, uint32_t position,
		    enum outcome outcome)
{
	fake_worker_run(by, position, outcome);
	collect_all(&f.run);
	retry_turn(&f.run);
}

/* The range that leads to it; it is taken out of the ring. */
static struct range expect_given(uint32_t position)
{
	struct range r = { 0 };

	cr_assert(fake_run_take(&f, &r), "%u is not in the ring", position);
	cr_expect(range_free(r).lo <= position &&
		  position < range_free(r).hi);
	return r;
}

static void expect_nothing_given(void)
{
	struct range r;

	cr_expect_not(fake_run_take(&f, &r));
}

Test(retry, a_test_that_passes_then_is_flaky_and_told_once)
{
	const struct heard *h;

	run_one(&w, P, OUTCOME_FAIL);
	cr_expect_null(fake_run_told(&f, P), "it has not ended");
	cr_expect_eq(fake_run_state(&f, P).state, STATE_PENDING);
	cr_expect_eq(fake_run_state(&f, P).attempt, 1);
	h = fake_run_last(&f, EVENT_TEST_RETRIED);
	cr_assert_not_null(h);
	cr_expect_eq(h->test.outcome, OUTCOME_FAIL);
	cr_expect_eq(h->test.n_failed, 0);
	cr_expect_eq(h->test.tries, 3);
	expect_given(P);
	run_one(&other, P, OUTCOME_PASS);
	h = fake_run_told(&f, P);
	cr_assert_not_null(h);
	cr_expect_eq(h->test.outcome, OUTCOME_FLAKY);
	cr_expect_eq(h->test.n_failed, 1);
	cr_expect_eq(h->test.attempt, 1);
	cr_expect_eq(f.run.tally.count[OUTCOME_FLAKY], 1);
	cr_expect_eq(f.run.tally.count[OUTCOME_FAIL], 0);
	cr_expect_eq(f.run.tally.retries, 1);
	fake_run_finish(&f);
	cr_expect_eq(f.run.tally.count[OUTCOME_PASS], N - 1);
}

Test(retry, one_that_never_passes_has_failed_once)
{
	int i;

	for (i = 0; i < 3; i++) {
		run_one(&w, P, OUTCOME_FAIL);
		if (i < 2)
			expect_given(P);
	}
	expect_nothing_given();
	cr_expect_eq(fake_run_count(&f, EVENT_TEST_RETRIED), 2);
	cr_assert_not_null(fake_run_told(&f, P));
	cr_expect_eq(fake_run_told(&f, P)->test.n_failed, 2);
	cr_expect_eq(f.run.tally.count[OUTCOME_FAIL], 1);
	fake_run_finish(&f);
}

Test(retry, a_crash_is_an_attempt_that_failed)
{
	fake_worker_begin(&w, P);
	fake_worker_gone(&w, FAKE_KILLED(SIGSEGV));
	cr_expect_null(fake_run_told(&f, P));
	cr_expect_eq(fake_run_last(&f, EVENT_TEST_RETRIED)->test.signo,
		     SIGSEGV);
	retry_turn(&f.run);
	expect_given(P);
	run_one(&other, P, OUTCOME_PASS);
	cr_expect_eq(fake_run_told(&f, P)->test.outcome, OUTCOME_FLAKY);
	fake_run_finish(&f);
}

/* The same record cannot end two attempts. */
Test(retry, an_attempt_ends_once)
{
	struct record r;

	fake_worker_begin(&w, P);
	fake_worker_end(&w, P, OUTCOME_FAIL);
	r = fake_worker_record(&w, P, OUTCOME_FAIL);
	fake_worker_push(&w, r);
	fake_worker_push(&w, r);
	collect_all(&f.run);
	cr_expect_eq(f.run.tally.retries, 1);
	cr_expect_eq(fake_run_count(&f, EVENT_TEST_RETRIED), 1);
	cr_expect_eq(f.run.slots[0].doom, DOOM_CONDEMNED);
	fake_worker_gone(&w, FAKE_KILLED(SIGKILL));
	cr_expect_eq(f.run.tally.retries, 1);
	fake_run_finish(&f);
}

/* LF-1: the death behind the record is no second failure. */
Test(retry, a_worker_that_dies_behind_its_record_costs_no_attempt)
{
	fake_worker_run(&w, P, OUTCOME_FAIL);
	fake_worker_gone(&w, FAKE_KILLED(SIGKILL));
	cr_expect_eq(f.run.tally.retries, 1);
	cr_expect_eq(fake_run_state(&f, P).attempt, 1);
	fake_run_finish(&f);
	cr_expect_eq(fake_run_told(&f, P)->test.outcome, OUTCOME_FLAKY);
}

/* It was not the test's fault, and does not make it flaky. */
Test(retry, the_loaders_death_is_no_failed_attempt)
{
	fake_worker_begin(&w, P);
	bury_with_loader(&f.run, 0);
	cr_expect_eq(f.run.tally.retries, 0);
	expect_given(P);
	run_one(&other, P, OUTCOME_PASS);
	cr_expect_eq(fake_run_told(&f, P)->test.attempt, 1);
	cr_expect_eq(fake_run_told(&f, P)->test.outcome, OUTCOME_PASS);
	fake_run_finish(&f);
}

Test(retry, a_skip_after_a_failure_is_no_way_out)
{
	run_one(&w, P, OUTCOME_FAIL);
	expect_given(P);
	run_one(&w, P, OUTCOME_SKIP);
	cr_expect_eq(fake_run_told(&f, P)->test.outcome, OUTCOME_FAIL);
	cr_expect_not_null(strstr(fake_run_told(&f, P)->text, "skipped"));
	fake_run_finish(&f);
}

/* SIG-2: and what waits then has failed, it is not "not run". */
Test(retry, none_starts_once_the_run_ends)
{
	run_one(&w, P, OUTCOME_CRASH);
	stop_for_signal(&f.run, SIGINT);
	run_one(&w, 0, OUTCOME_FAIL);
	cr_expect_eq(fake_run_told(&f, 0)->test.outcome, OUTCOME_FAIL);
	stop_tell_rest(&f.run);
	cr_expect_eq(fake_run_told(&f, P)->test.outcome, OUTCOME_CRASH);
	cr_expect_eq(fake_run_told(&f, P)->test.n_failed, 1);
	cr_expect_eq(fake_run_told(&f, 1)->test.outcome, OUTCOME_NOTRUN);
	cr_expect_eq(tally_done(&f.run.tally), N);
}

/* STOP-2 */
Test(retry, failures_count_at_the_last_attempt)
{
	int i;

	f.args.max_fail = 1;
	for (i = 0; i < 2; i++) {
		run_one(&w, P, OUTCOME_FAIL);
		cr_expect_not(f.run.stop.asked);
		expect_given(P);
	}
	run_one(&w, P, OUTCOME_FAIL);
	cr_expect(f.run.stop.asked);
}

/* TIME-11; the sweep does not take it for lost meanwhile. */
Test(retry, waits_as_long_as_was_asked_for)
{
	f.args.retries.delay_ns = 100 * NS_PER_MS;
	run_one(&w, P, OUTCOME_FAIL);
	expect_nothing_given();
	cr_expect_eq(retry_due(&f.run), 100 * NS_PER_MS);
	cr_expect_eq(retry_count(&f.run), 1);
	feed_sweep(&f.run);
	cr_expect_not(fake_run_is_fed(&f, P));
	f.run.now_ns += 99 * NS_PER_MS;
	retry_turn(&f.run);
	cr_expect_not(fake_run_is_fed(&f, P));
	f.run.now_ns += NS_PER_MS;
	retry_turn(&f.run);
	cr_expect(fake_run_is_fed(&f, P));
	cr_expect_eq(retry_count(&f.run), 0);
	cr_expect_eq(retry_due(&f.run), LOOP_FOREVER);
}

/* TIME-1: a pause is no waiting. */
Test(retry, a_pause_is_not_waited_through)
{
	f.args.retries.delay_ns = 100 * NS_PER_MS;
	run_one(&w, P, OUTCOME_FAIL);
	f.run.now_ns += NS_PER_S;
	f.run.paused_ns += NS_PER_S;
	cr_expect_eq(retry_due(&f.run), 100 * NS_PER_MS);
}

Test(retry, an_exponential_delay_doubles_and_varies)
{
	uint64_t first, second;

	f.args.retries.delay_ns = NS_PER_S;
	f.args.retries.doubles = true;
	run_one(&w, P, OUTCOME_FAIL);
	first = retry_due(&f.run);
	cr_expect(first >= NS_PER_S / 2 && first <= NS_PER_S);
	f.run.now_ns += first;
	retry_turn(&f.run);
	expect_given(P);
	run_one(&w, P, OUTCOME_FAIL);
	second = retry_due(&f.run);
	cr_expect(second >= NS_PER_S && second <= 2 * NS_PER_S);
	cr_expect_neq(second, 2 * first);
}

static void set_attrs(const struct attrs *attrs)
{
	f.listing.tests[0].attrs = attrs;
}

Test(retry, a_test_says_itself_how_often)
{
	static const struct attrs once = { ATTRS_TEXTS, .retries = 1 };
	static const struct attrs never = { ATTRS_TEXTS, .retries = -1 };
	static const struct attrs chained = { .affinity = "", .serial = "s",
					      .lock = "", .after = "",
					      .tags = "", .description = "",
					      .retries = 5 };

	set_attrs(&once);
	run_one(&w, P, OUTCOME_FAIL);
	expect_given(P);
	run_one(&w, P, OUTCOME_FAIL);
	cr_expect_eq(fake_run_told(&f, P)->test.outcome, OUTCOME_FAIL);
	set_attrs(&never);
	cr_expect_not(retry_wants(&f.run, 0, OUTCOME_FAIL));
	set_attrs(&chained);
	cr_expect(retry_wants(&f.run, 0, OUTCOME_FAIL), "CRASH-3");
	set_attrs(&attrs_default);
	cr_expect(retry_wants(&f.run, 0, OUTCOME_FAIL));
	cr_expect_not(retry_wants(&f.run, 0, OUTCOME_SKIP));
	cr_expect_not(retry_wants(&f.run, 0, OUTCOME_NOTRUN));
}

/* CRASH-2: crashes may be run again when failures are not. */
Test(retry, of_a_crash_may_be_more)
{
	static const struct attrs never = { ATTRS_TEXTS, .retries = -1 };

	f.args.retries.most = 0;
	f.args.retries.crashes = 2;
	cr_expect_not(retry_wants(&f.run, 0, OUTCOME_FAIL));
	cr_expect_not(retry_wants(&f.run, 0, OUTCOME_TIMEOUT));
	cr_expect(retry_wants(&f.run, 0, OUTCOME_CRASH));
	f.args.retries.most = 1;
	run_one(&w, P, OUTCOME_FAIL);
	expect_given(P);
	cr_expect_not(retry_wants(&f.run, P, OUTCOME_FAIL), "one is enough");
	cr_expect(retry_wants(&f.run, P, OUTCOME_CRASH));
	set_attrs(&never);
	cr_expect_not(retry_wants(&f.run, 0, OUTCOME_CRASH));
}

/* A unit of three: whoever runs the rest of it runs alone. */
Test(retry, waits_for_the_rest_of_its_unit)
{
	struct plan *p = &f.plan;
	struct range r;

	vec_room(p->bounds, p->n_bounds, p->cap_bounds);
	p->bounds[p->n_bounds++] = (struct bound){ .lo = 2, .hi = 5 };
	run_one(&w, 2, OUTCOME_FAIL);
	run_one(&w, 3, OUTCOME_FAIL);
	expect_nothing_given();
	run_one(&w, 4, OUTCOME_PASS);
	r = expect_given(2);
	cr_expect(range_is_bound(r));
	cr_expect_eq(range_free(r).lo, 2);
	cr_expect_eq(range_free(r).hi, 5);
	expect_nothing_given();
	cr_expect_eq(retry_count(&f.run), 0);
	run_one(&other, 2, OUTCOME_FAIL);
	expect_nothing_given();
	run_one(&other, 3, OUTCOME_PASS);
	expect_given(2);
	run_one(&other, 2, OUTCOME_PASS);
	cr_expect_eq(f.run.tally.count[OUTCOME_FLAKY], 2);
	fake_run_finish(&f);
}

/* ---- chains -------------------------------------------------------------- */

/* All are of one chain, of which [2, 6) is a unit. */
static void make_chain(void)
{
	static const struct attrs chained = { .affinity = "", .serial = "s",
					      .lock = "", .after = "",
					      .tags = "", .description = "" };
	struct plan *p = &f.plan;

	set_attrs(&chained);
	p->chains = true;
	vec_room(p->bounds, p->n_bounds, p->cap_bounds);
	p->bounds[p->n_bounds++] = (struct bound){ .lo = 2, .hi = 6 };
	retry_close(&f.run);
	retry_open(&f.run);
}

/* A worker runs 2 and dies in 3; 4 and 5 are what it holds. */
static void die_in_chain(struct fake_worker *by)
{
	deque_install(&f.run.arena.deques[by->slot].held, range_bind(4, 6));
	fake_worker_begin(by, 3);
	bury(&f.run, by->slot, SIGSEGV);
}

/* CRASH-3: the first ones again, as extra attempts; those behind the last that
 * failed are left. */
Test(retry, of_a_chain_begins_with_its_first_test)
{
	struct range r;

	make_chain();
	run_one(&w, 2, OUTCOME_PASS);
	run_one(&w, 3, OUTCOME_FAIL);
	run_one(&w, 4, OUTCOME_PASS);
	expect_nothing_given();
	run_one(&w, 5, OUTCOME_PASS);
	r = expect_given(2);
	cr_expect(range_is_bound(r));
	cr_expect_eq(fake_run_state(&f, 2).attempt, 1);
	cr_expect_eq(fake_run_state(&f, 2).state, STATE_PENDING);
	cr_expect_eq(fake_run_state(&f, 4).state, STATE_DONE);
	run_one(&other, 2, OUTCOME_FAIL);
	cr_expect_eq(fake_run_count(&f, EVENT_TEST_RERUN), 1);
	cr_expect_eq(fake_run_told(&f, 2)->test.outcome, OUTCOME_PASS);
	run_one(&other, 3, OUTCOME_PASS);
	cr_expect_eq(fake_run_told(&f, 3)->test.outcome, OUTCOME_FLAKY);
	expect_nothing_given();
	cr_expect_eq(f.run.n_ended, 4);
	fake_run_finish(&f);
	cr_expect_eq(f.run.tally.count[OUTCOME_PASS], N - 1);
	cr_expect_eq(f.run.tally.count[OUTCOME_FAIL], 0);
}

/* What died with it before it began waits; nobody finds it before. */
Test(retry, of_a_chain_waits_with_what_is_left_of_it)
{
	make_chain();
	f.args.retries.delay_ns = NS_PER_S;
	run_one(&w, 2, OUTCOME_PASS);
	die_in_chain(&w);
	cr_expect(range_is_empty(
		deque_peek(&f.run.arena.deques[w.slot].held)));
	cr_expect_null(fake_run_told(&f, 4));
	cr_expect_eq(fake_run_state(&f, 4).state, STATE_DONE);
	feed_sweep(&f.run);
	cr_expect_not(fake_run_is_fed(&f, 4));
	f.run.now_ns += NS_PER_S;
	retry_turn(&f.run);
	cr_expect(fake_run_is_fed(&f, 2) && fake_run_is_fed(&f, 5));
	cr_expect_eq(fake_run_state(&f, 4).state, STATE_PENDING);
	cr_expect_eq(fake_run_state(&f, 4).attempt, 0, "its first attempt");
	fake_run_finish(&f);
	cr_expect_eq(f.run.tally.count[OUTCOME_PASS], N - 1);
	cr_expect_eq(f.run.tally.count[OUTCOME_FLAKY], 1);
	cr_expect_eq(fake_run_count(&f, EVENT_TEST_RERUN), 1);
}

/* An extra attempt that dies takes the rest along: who had failed has. */
Test(retry, of_a_chain_may_break_in_front_of_its_turn)
{
	make_chain();
	run_one(&w, 2, OUTCOME_PASS);
	die_in_chain(&w);
	retry_turn(&f.run);
	expect_given(2);
	deque_install(&f.run.arena.deques[other.slot].held, range_bind(3, 6));
	fake_worker_begin(&other, 2);
	bury(&f.run, other.slot, SIGSEGV);
	retry_turn(&f.run);
	cr_expect_eq(fake_run_told(&f, 2)->test.outcome, OUTCOME_PASS);
	cr_expect_eq(fake_run_told(&f, 3)->test.outcome, OUTCOME_CRASH);
	cr_expect_not_null(strstr(fake_run_told(&f, 3)->text, "chain broke"));
	cr_expect_eq(fake_run_told(&f, 5)->test.notrun, NOTRUN_CHAIN);
	cr_expect_eq(f.run.n_ended, 4);
	fake_run_finish(&f);
}

/* SHM-1, STOP-2 */
Test(retry, of_a_chain_is_given_up_by_a_stop)
{
	make_chain();
	f.args.retries.delay_ns = NS_PER_S;
	run_one(&w, 2, OUTCOME_PASS);
	die_in_chain(&w);
	stop_for_signal(&f.run, SIGINT);
	stop_tell_rest(&f.run);
	cr_expect_eq(fake_run_told(&f, 2)->test.outcome, OUTCOME_PASS);
	cr_expect_eq(fake_run_told(&f, 3)->test.outcome, OUTCOME_CRASH);
	cr_expect_eq(fake_run_told(&f, 4)->test.notrun, NOTRUN_INTERRUPTED);
	cr_expect_eq(f.run.n_ended, N);
}

/* Each would wait for the other. */
Test(retry, waits_for_what_a_sweep_finds_of_its_unit)
{
	struct plan *p = &f.plan;
	struct range r;

	vec_room(p->bounds, p->n_bounds, p->cap_bounds);
	p->bounds[p->n_bounds++] = (struct bound){ .lo = 2, .hi = 5 };
	run_one(&w, 2, OUTCOME_FAIL);
	feed_sweep(&f.run);
	expect_given(0);
	r = expect_given(3);
	cr_expect(range_is_bound(r));
	cr_expect_eq(r.lo, 3);
	cr_expect_eq(range_free(r).hi, 5);
}

/* EACH-1: to the slot whose list it was on. */
Test(retry, stays_with_the_slot_that_it_is_for)
{
	struct plan *p = &f.plan;
	struct range mail;

	vec_room(p->deals, p->n_deals, p->cap_deals);
	p->deals[p->n_deals++] = (struct deal){ .lo = 0, .hi = N, .slot = 1,
						.bound = true };
	run_one(&other, P, OUTCOME_FAIL);
	expect_nothing_given();
	mail = deque_peek(&f.run.arena.deques[1].inbox);
	cr_expect_eq(range_free(mail).lo, P);
	cr_expect_eq(range_len(range_free(mail)), 1);
}

/* What is found before its time is not run a third time. */
Test(retry, one_that_has_ended_meanwhile_is_not_given_out)
{
	f.args.retries.delay_ns = NS_PER_S;
	run_one(&w, P, OUTCOME_FAIL);
	run_one(&other, P, OUTCOME_PASS);
	cr_expect_eq(fake_run_told(&f, P)->test.outcome, OUTCOME_FLAKY);
	f.run.now_ns += 2 * NS_PER_S;
	retry_turn(&f.run);
	expect_nothing_given();
	cr_expect_eq(retry_count(&f.run), 0);
	fake_run_finish(&f);
}

Test(retry, off_is_off)
{
	retry_close(&f.run);
	f.args.retries.never = true;
	f.listing.has_retries = true;
	retry_open(&f.run);
	cr_expect_null(f.run.retry);
	run_one(&w, P, OUTCOME_FAIL);
	cr_expect_eq(fake_run_told(&f, P)->test.outcome, OUTCOME_FAIL);
	cr_expect_eq(fake_run_told(&f, P)->test.tries, 0);
}
