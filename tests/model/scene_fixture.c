/* SPDX-License-Identifier: MIT */
/* A run fixture: set up once, seen whole by every test, torn down once. */
#include "tests/model/scene.h"
#include "tests/model/world.h"

#include "run/release.h"
#include "work/one.h"

static void run_own(void *arg)
{
	struct worker *w = arg;

	w->claim.seq++;
	current_store(&w->self->current,
		      (struct current_word){ .position = w->slot,
					     .phase = PHASE_CLAIM,
					     .seq = w->claim.seq });
	one_run(w, w->slot);
}

static void fixture_begin(uint32_t n, bool mortal)
{
	world_begin(&(struct world_args){ .n_positions = n,
					  .n_slots = n,
					  .ring_cap = 2,
					  .results_cap = 2,
					  .n_fixtures = 1,
					  .n_parts = 1,
					  .mortal = mortal,
					  .asked = true });
}

/* Two tests that need it at the same time. */
static void setup_share(void)
{
	fixture_begin(2, false);
	world_spawn(0, run_own);
	world_spawn(1, run_own);
}

static void verify_share(void)
{
	check(world.n_set_up == 1);
	check(world.n_ran[0] == 1 && world.n_ran[1] == 1);
}

static void setup_down(void)
{
	fixture_begin(1, false);
	explore_spawn("runner", runner_whole, NULL);
}

static void verify_down(void)
{
	world_verify_ended();
	check(world.n_set_up == 1 && world.n_torn_down == 1);
}

/* Its owner may die; then the other sets it up again. */
static void setup_death(void)
{
	fixture_begin(2, false);
	world_spawn(0, run_own)->mortal = true;
	world_spawn(1, run_own);
	explore_spawn("runner", runner_rest, NULL);
}

static void verify_death(void)
{
	uint32_t i;

	for (i = 0; i < 2; i++)
		check(world.n_ended[i] == 1 && world.n_ran[i] <= 1);
	check(world.n_set_up <= 2);
}

/* A teardown that does not come to its end is an error of the suite. */
static void setup_teardown(void)
{
	world_begin(&(struct world_args){ .n_positions = 1,
					  .n_slots = 1,
					  .ring_cap = 2,
					  .results_cap = 2,
					  .n_parts = 1,
					  .worker_fixture = true,
					  .mortal = true });
	explore_spawn("runner", runner_whole, NULL);
}

static void verify_teardown(void)
{
	world_verify_ended();
	check(world.run.tally.suite_errors >=
	      world.n_begun_down - world.n_torn_down);
}

/* ---- when the last test of its suite has ended ------------------------- */

/* Slot 0 has the test that needs it, slot 1 that of another suite. */
static void begin_release(bool worker_fixture, bool mortal)
{
	world_begin(&(struct world_args){ .n_positions = 2,
					  .n_slots = 2,
					  .ring_cap = 2,
					  .results_cap = 8,
					  .n_fixtures = 1,
					  .worker_fixture = worker_fixture,
					  .two_suites = true,
					  .held = true,
					  .mortal = mortal,
					  .asked = true });
	explore_spawn("runner", runner_whole, NULL);
}

static void setup_release(void)
{
	begin_release(false, false);
}

/* In the middle of a run, by whoever comes first. */
static void setup_fall(void)
{
	begin_release(false, false);
	world.awaits_fall = true;
}

/* Not before the fixtures that lean on it. */
static void setup_lean(void)
{
	begin_release(true, false);
}

static void setup_fall_death(void)
{
	begin_release(true, true);
}

/* The way down by itself: the suite has ended, slot 0 has fixtures of its own
 * up, and both slots look between two tests. */
static void heed_twice(void *arg)
{
	worker_heed(arg);
	worker_heed(arg);
}

static void step_down(void *arg)
{
	(void)arg;
	release_turn(&world.run);
	release_turn(&world.run);
}

static void begin_down(enum fixture_state state)
{
	struct fixture_word up = { .state = state,
				   .tries = state != FIXTURE_NONE };

	world_begin(&(struct world_args){ .n_positions = 2,
					  .n_slots = 2,
					  .ring_cap = 2,
					  .results_cap = 8,
					  .n_fixtures = 1,
					  .worker_fixture = true,
					  .two_suites = true,
					  .asked = true });
	world.run.release.left[0] = 0;
	world.run.release.under_way = true;
	memory_store(&world.run.arena.controls[0].word, fixture_pack(up),
		     ORDER_RELEASE, NULL);
}

static void setup_order(void)
{
	begin_down(FIXTURE_READY);
	worker_raise(world_spawn(0, heed_twice)->arg);
	world_spawn(1, heed_twice);
	explore_spawn("runner", step_down, NULL);
}

/* From its set-up on: slot 0 runs the test that needs it.  Its end would have it
 * buried: it stays. */
static void run_and_heed(void *arg)
{
	run_own(arg);
	heed_twice(arg);
	explore_sleep(arg, REST_EVER);
}

static void end_and_step_down(void *arg)
{
	struct run *run = &world.run;

	while (run->n_ended == 0)
		runner_turn(run);
	step_down(arg);
}

static void setup_whole_way(void)
{
	begin_down(FIXTURE_NONE);
	world.run.release.left[0] = 1;
	world.run.release.under_way = false;
	world_spawn(0, run_and_heed);
	world_spawn(1, heed_twice);
	explore_spawn("runner", end_and_step_down, NULL);
}

/* The run is over while the runner moves it on. */
static void tear_down_last(void *arg)
{
	fixture_teardown_run(arg);
}

static void setup_last(void)
{
	begin_down(FIXTURE_ENDING);
	world_spawn(0, tear_down_last);
	explore_spawn("runner", step_down, NULL);
}

static void verify_last(void)
{
	struct fixture_word word = fixture_unpack(
		memory_latest(&world.run.arena.controls[0].word));

	check(world.n_run_fell == 1);
	check(word.state == FIXTURE_DOWN);
}

static void verify_order(void)
{
	check(world.n_run_fell <= 1);
	check(world.n_run_fell <= world.n_torn_down - world.n_run_fell);
}

static void verify_release(void)
{
	world_verify_ended();
	check(world.n_run_fell == 1);
	check(world.run.tally.suite_errors == 0);
	check(world.n_torn_down == world.n_begun_down);
}

static void verify_fall_death(void)
{
	world_verify_ended();
	check(world.n_run_fell <= 1);
	check(world.run.tally.suite_errors >=
	      world.n_begun_down - world.n_torn_down);
}

const struct scene scene_fixture[] = {
	{ .name = "fixture_share",
	  .what = "two tests need it at once",
	  .setup = setup_share,
	  .verify = verify_share,
	  .preemptions = 3 },
	{ .name = "fixture_down",
	  .what = "a run with it, to its teardown",
	  .setup = setup_down,
	  .verify = verify_down,
	  .preemptions = 1 },
	{ .name = "fixture_death",
	  .what = "its owner may die",
	  .setup = setup_death,
	  .verify = verify_death,
	  .deaths = 1,
	  .preemptions = 0 },
	{ .name = "fixture_teardown",
	  .what = "a worker may die while it tears its own fixtures down",
	  .setup = setup_teardown,
	  .verify = verify_teardown,
	  .deaths = 1,
	  .preemptions = 0 },
	{ .name = "release_end",
	  .what = "a run fixture falls while the run ends",
	  .setup = setup_release,
	  .verify = verify_release,
	  .preemptions = 1 },
	{ .name = "release_fall",
	  .what = "it falls while a test of another suite runs",
	  .setup = setup_fall,
	  .verify = verify_release,
	  .preemptions = 1 },
	{ .name = "release_lean",
	  .what = "it falls behind the worker fixtures that lean on it",
	  .setup = setup_lean,
	  .verify = verify_release,
	  .preemptions = 1 },
	{ .name = "release_order",
	  .what = "each step of its way down is ordered behind the last",
	  .setup = setup_order,
	  .verify = verify_order,
	  .preemptions = 3 },
	{ .name = "release_way",
	  .what = "all of its way, from its set-up on",
	  .setup = setup_whole_way,
	  .verify = verify_order,
	  .may_sleep = true,
	  .preemptions = 1 },
	{ .name = "release_last",
	  .what = "it is torn down at the end while it comes due",
	  .setup = setup_last,
	  .verify = verify_last,
	  .preemptions = -1 },
	{ .name = "release_death",
	  .what = "who holds it, or takes it down, may die",
	  .setup = setup_fall_death,
	  .verify = verify_fall_death,
	  .deaths = 1,
	  .preemptions = 0 },
	{ 0 }
};
