/* SPDX-License-Identifier: MIT */
/* A run fixture: set up once, seen whole by every test, torn down once. */
#include "tests/model/scene.h"
#include "tests/model/world.h"

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
	{ 0 }
};
