/* SPDX-License-Identifier: MIT */
/* SHM-9: a run fixture's way down, as the runner sees it. */
#include "run/release.h"

#include "fake_run.h"
#include "run/bury.h"
#include "run/tell.h"

#include <criterion/criterion.h>
#include <signal.h>

static struct fake_run fake;

static void set_state(uint32_t ix, enum fixture_state state, uint32_t slot)
{
	struct fixture_word word = { .state = state, .tries = 1, .slot = slot };

	atom64_store_relaxed(&fake.run.arena.controls[ix].word,
			     fixture_pack(word));
}

static enum fixture_state get_state(uint32_t ix)
{
	return fixture_unpack(atom64_load_relaxed(
				      &fake.run.arena.controls[ix].word))
		.state;
}

static void open_fake(void)
{
	fake_run_open(&fake, 2, 3);
	fake.fixtures.n = FAKE_FIXTURES;
	release_open(&fake.run);
	set_state(0, FIXTURE_READY, 0);
	set_state(1, FIXTURE_READY, 0);
}

static void close_fake(void)
{
	release_close(&fake.run);
	fake_run_close(&fake);
}

TestSuite(release, .init = open_fake, .fini = close_fake);

static bool is_raised(void)
{
	return gate_signs(fake.run.arena.gate) & GATE_RELEASE;
}

static void end_all(void)
{
	tell_unstarted(&fake.run, 0, OUTCOME_SKIP, NOTRUN_NONE, NULL);
	tell_unstarted(&fake.run, 1, OUTCOME_SKIP, NOTRUN_NONE, NULL);
}

Test(release, nothing_while_a_test_is_left)
{
	tell_unstarted(&fake.run, 0, OUTCOME_SKIP, NOTRUN_NONE, NULL);
	release_turn(&fake.run);
	cr_expect_eq(get_state(0), FIXTURE_READY);
	cr_expect_not(is_raised());
}

Test(release, the_last_one_set_up_is_due_first)
{
	end_all();
	release_turn(&fake.run);
	cr_expect_eq(get_state(1), FIXTURE_DUE);
	cr_expect_eq(get_state(0), FIXTURE_ENDING);
	cr_expect(is_raised());
	set_state(1, FIXTURE_FALLING, 2);
	release_turn(&fake.run);
	cr_expect_eq(get_state(0), FIXTURE_ENDING);
	set_state(1, FIXTURE_DOWN, 2);
	release_turn(&fake.run);
	cr_expect_eq(get_state(0), FIXTURE_DUE);
	set_state(0, FIXTURE_DOWN, 2);
	release_turn(&fake.run);
	cr_expect_not(is_raised());
}

Test(release, workers_that_hold_the_suite_let_go_first)
{
	struct fake_worker w = fake_worker_start(&fake, 1, -1);

	atom64_store_relaxed(&w.shared->holds, fixture_bit(1));
	end_all();
	release_turn(&fake.run);
	cr_expect_eq(get_state(1), FIXTURE_ENDING);
	cr_expect(is_raised());
	atom64_store_relaxed(&w.shared->holds, 0);
	release_turn(&fake.run);
	cr_expect_eq(get_state(1), FIXTURE_DUE);
}

/* What a dead worker held is nobody's. */
Test(release, the_dead_hold_nothing)
{
	struct fake_worker w = fake_worker_start(&fake, 1, -1);

	atom64_store_relaxed(&w.shared->holds, fixture_bit(1));
	fake_worker_gone(&w, FAKE_KILLED(SIGKILL));
	end_all();
	release_turn(&fake.run);
	cr_expect_eq(get_state(1), FIXTURE_DUE);
}

Test(release, what_was_never_set_up_is_left_alone)
{
	set_state(0, FIXTURE_NONE, 0);
	set_state(1, FIXTURE_FAILED, 0);
	end_all();
	release_turn(&fake.run);
	cr_expect_eq(get_state(0), FIXTURE_NONE);
	cr_expect_eq(get_state(1), FIXTURE_FAILED);
	cr_expect_not(is_raised());
	cr_expect_not(fake.run.release.under_way);
}

/* Half a teardown is not repeated, and does not keep the others up. */
Test(release, a_teardown_whose_worker_died_is_over)
{
	struct fake_worker w = fake_worker_start(&fake, 1, -1);

	end_all();
	set_state(1, FIXTURE_FALLING, 1);
	release_turn(&fake.run);
	cr_expect_eq(get_state(0), FIXTURE_ENDING);
	fake_worker_gone(&w, FAKE_KILLED(SIGKILL));
	cr_expect_eq(get_state(1), FIXTURE_DOWN);
	release_turn(&fake.run);
	cr_expect_eq(get_state(0), FIXTURE_DUE);
}
