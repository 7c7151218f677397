/* SPDX-License-Identifier: MIT */
/*
 * What else a dead worker held: fixtures, its place among the sleepers, its
 * deque; and deaths with the loader.  NAT-12, DEQ-1, PROC-16, SHM-7.
 */
#include "run/bury.h"

#include "fake_run.h"
#include "shm/notes.h"
#include "shm/wire.h"

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

TestSuite(bury_holdings, .init = open_run, .fini = close_run);

static void die(int status)
{
	fake_worker_gone(&w, status);
}

static void set_fixture(uint32_t ix, struct fixture_word word)
{
	atom64_store_relaxed(&f.run.arena.controls[ix].word,
			     fixture_pack(word));
}

static struct fixture_word get_fixture(uint32_t ix)
{
	return fixture_unpack(
		atom64_load_relaxed(&f.run.arena.controls[ix].word));
}

/* NAT-12: once more, then never; the waiting are told. */
Test(bury_holdings, gives_a_half_made_fixture_back)
{
	set_fixture(0, (struct fixture_word){ .state = FIXTURE_BUSY,
					      .tries = 1,
					      .slot = 0 });
	die(FAKE_KILLED(SIGSEGV));
	cr_expect_eq(get_fixture(0).state, FIXTURE_NONE);
	cr_expect_eq(get_fixture(0).tries, 1, "it remembers");
	cr_expect_eq(atom32_load_relaxed(&f.run.arena.controls[0].bell), 1);
}

Test(bury_holdings, gives_a_fixture_up_that_killed_twice)
{
	set_fixture(1, (struct fixture_word){ .state = FIXTURE_BUSY,
					      .tries = FIXTURE_TRIES,
					      .slot = 0 });
	die(FAKE_KILLED(SIGSEGV));
	cr_expect_eq(get_fixture(1).state, FIXTURE_FAILED);
	cr_expect_eq(atom32_load_relaxed(&f.run.arena.controls[1].bell), 1);
}

Test(bury_holdings, leaves_other_fixtures_alone)
{
	static const struct fixture_word words[] = {
		{ .state = FIXTURE_BUSY, .tries = 1, .slot = 1 },
		{ .state = FIXTURE_BUSY, .tries = 1, .generation = 1 },
		{ .state = FIXTURE_READY, .tries = 1 },
		{ .state = FIXTURE_NONE },
		{ .state = FIXTURE_FAILED, .tries = 2 },
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		set_fixture(0, words[i]);
		bury(&f.run, 0, FAKE_KILLED(SIGKILL));
		cr_expect_eq(atom64_load_relaxed(&f.run.arena.controls[0].word),
			     fixture_pack(words[i]), "case %zu", i);
		cr_expect(i > 1 || !atom32_load_relaxed(
				       &f.run.arena.controls[0].bell));
	}
}

/* Its owner has set it up and died before it rang: who waits must hear. */
Test(bury_holdings, rings_for_a_fixture_that_is_up)
{
	set_fixture(0, (struct fixture_word){ .state = FIXTURE_READY,
					      .tries = 1 });
	die(FAKE_KILLED(SIGKILL));
	cr_expect_eq(get_fixture(0).state, FIXTURE_READY);
	cr_expect_eq(atom32_load_relaxed(&f.run.arena.controls[0].bell), 1);
}

/* F12, LF-6: a word that says BUSY and names nobody who could do it would hang
 * all who wait for it. */
Test(bury_holdings, frees_a_fixture_that_nobody_sets_up)
{
	static const struct fixture_word nobodys[] = {
		{ .state = FIXTURE_BUSY, .tries = 1, .slot = 99 },
		{ .state = FIXTURE_BUSY, .tries = 1, .slot = 0,
		  .generation = 7 },
		{ .state = FIXTURE_BUSY, .tries = 1, .slot = 0 },
	};
	uint32_t i;

	for (i = 0; i < 3; i++) {
		set_fixture(0, nobodys[i]);
		cr_expect(bury_stray_fixtures(&f.run), "%u", i);
		cr_expect_eq(get_fixture(0).state, FIXTURE_NONE);
		cr_expect_eq(atom32_load_relaxed(
				     &f.run.arena.controls[0].bell), i + 1);
	}
	fake_worker_begin(&w, P);
	set_fixture(0, nobodys[2]);
	cr_expect_not(bury_stray_fixtures(&f.run), "it may be at it");
	cr_expect_eq(get_fixture(0).state, FIXTURE_BUSY);
}

/* FIX-4: a part that it was counted on loses one. */
Test(bury_holdings, takes_the_slot_off_its_part)
{
	struct cursor *cursor = &f.run.arena.cursors[1];

	cursor_join(cursor);
	atom32_store_relaxed(&f.run.arena.slots[w.slot].part, 2);
	die(FAKE_KILLED(SIGKILL));
	cr_expect_eq(cursor_count(cursor), 0);
}

static uint32_t n_sleeping(void)
{
	return atom32_load_relaxed(&f.run.arena.gate->n_sleeping);
}

/* Too many wakes, never too few. */
Test(bury_holdings, of_a_sleeper_corrects_the_count)
{
	fake_worker_park(&w);
	fake_worker_park(&other);
	die(FAKE_KILLED(SIGKILL));
	cr_expect_eq(n_sleeping(), 1);
}

Test(bury_holdings, of_one_that_was_awake_keeps_the_count)
{
	fake_worker_park(&other);
	die(FAKE_KILLED(SIGKILL));
	cr_expect_eq(n_sleeping(), 1);
}

/* work_park() says that it is awake before it stops counting itself: a death
 * in between leaves a wake too many, not one too few. */
Test(bury_holdings, of_one_that_just_woke_never_counts_too_few)
{
	fake_worker_park(&w);
	fake_worker_park(&other);
	atom32_store_release(&w.shared->parked, 0);
	die(FAKE_KILLED(SIGKILL));
	cr_expect_geq(n_sleeping(), 1);
}

/* LF-6 */
Test(bury_holdings, does_not_count_below_zero)
{
	atom32_store_relaxed(&w.shared->parked, 1);
	die(FAKE_KILLED(SIGKILL));
	cr_expect_eq(n_sleeping(), 0);
}

/* Who sleeps may have to take what the dead one had. */
Test(bury_holdings, wakes_all)
{
	uint32_t key;

	fake_worker_park(&other);
	key = atom32_load_relaxed(&f.run.arena.gate->wake_seq);
	die(FAKE_KILLED(SIGKILL));
	cr_expect_neq(atom32_load_relaxed(&f.run.arena.gate->wake_seq), key);
}

/* DEQ-1: the deque stays for thieves and for the successor. */
Test(bury_holdings, leaves_the_deque_to_the_slot)
{
	struct range r;

	deque_install(&f.run.arena.deques[w.slot].deque,
		      (struct range){ .lo = 1, .hi = 7 });
	die(FAKE_KILLED(SIGKILL));
	fake_worker_start(&f, 0, -1);
	r = deque_peek(&f.run.arena.deques[w.slot].deque);
	cr_expect_eq(r.lo, 1);
	cr_expect_eq(r.hi, 7);
}

/* A late write of a dead worker is harmless. */
Test(bury_holdings, makes_the_next_generation_another_one)
{
	struct fake_worker next;

	fake_worker_begin(&w, P);
	die(FAKE_KILLED(SIGSEGV));
	next = fake_worker_start(&f, 0, -1);
	cr_expect_eq(next.generation, 1);
	fake_worker_push(&next, (struct record){ .position = 5,
						 .outcome = OUTCOME_PASS,
						 .generation = 0 });
	fake_run_finish(&f);
	cr_expect_eq(fake_run_told(&f, 5)->test.slot, 2);
}

/* PROC-16: outside of any test its own fault is an error of the suite. */
Test(bury_holdings, of_a_crash_between_tests_is_an_error_of_the_suite)
{
	die(FAKE_KILLED(SIGSEGV));
	cr_expect_eq(f.run.tally.suite_errors, 1);
	cr_expect_eq(f.run.tally.lost_workers, 1);
}

Test(bury_holdings, of_a_kill_between_tests_is_not_the_suites_fault)
{
	die(FAKE_KILLED(SIGKILL));
	cr_expect_eq(f.run.tally.suite_errors, 0);
	cr_expect_eq(f.run.tally.lost_workers, 1);
}

Test(bury_holdings, of_a_failed_teardown_says_so)
{
	fake_worker_note(&w, NOTES_NO_TEST, NOTE_ERROR, "the floor gave way");
	fake_worker_leave(&w);
	die(FAKE_EXITED(WORKER_EXIT_TEARDOWN));
	cr_expect_eq(f.run.tally.suite_errors, 1);
	cr_assert_not_null(fake_run_last(&f, EVENT_WARNING));
	cr_expect_not_null(strstr(fake_run_last(&f, EVENT_WARNING)->text,
				  "the floor gave way"));
}

/* One that the runner killed on purpose is no news. */
Test(bury_holdings, of_a_doomed_worker_between_tests_is_silent)
{
	f.run.slots[0].doom = DOOM_CONDEMNED;
	die(FAKE_KILLED(SIGKILL));
	cr_expect_eq(f.run.tally.lost_workers, 0);
	cr_expect_eq(fake_run_count(&f, EVENT_WORKER_LOST), 0);
}

/* ---- with the loader ------------------------------------------------- */

static void decide(enum crew_doom doom)
{
	struct atom64 *current = &w.shared->current;

	cr_assert(current_try_end(current, current_load(current), PHASE_KILL,
				  OUTCOME_NONE));
	f.run.slots[0].doom = doom;
}

/* Nobody is blamed the first time; the body may have run: once more only. */
Test(bury_holdings, with_the_loader_runs_a_test_again_once)
{
	fake_worker_begin(&w, P);
	bury_with_loader(&f.run, 0);
	cr_expect_null(fake_run_told(&f, P));
	cr_expect(fake_run_is_fed(&f, P));
	cr_expect_eq(f.run.slots[0].state, CREW_EMPTY);
	w = fake_worker_start(&f, 0, -1);
	cr_expect_eq(w.generation, 1);
	fake_worker_begin(&w, P);
	bury_with_loader(&f.run, 0);
	cr_assert_not_null(fake_run_told(&f, P));
	cr_expect_eq(fake_run_told(&f, P)->test.outcome, OUTCOME_ERROR);
	fake_run_finish(&f);
}

Test(bury_holdings, with_the_loader_keeps_what_had_ended)
{
	fake_worker_run(&w, 0, OUTCOME_PASS);
	fake_worker_begin(&w, P);
	fake_worker_end(&w, P, OUTCOME_FAIL);
	bury_with_loader(&f.run, 0);
	cr_expect_eq(fake_run_told(&f, 0)->test.outcome, OUTCOME_PASS);
	cr_expect_eq(fake_run_told(&f, P)->test.outcome, OUTCOME_FAIL);
	fake_run_finish(&f);
}

Test(bury_holdings, with_the_loader_keeps_what_the_runner_had_decided)
{
	fake_worker_begin(&w, P);
	decide(DOOM_TIMEOUT);
	bury_with_loader(&f.run, 0);
	cr_expect_eq(fake_run_told(&f, P)->test.outcome, OUTCOME_TIMEOUT);
	fake_run_finish(&f);
}
