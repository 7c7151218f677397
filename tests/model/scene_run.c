/* SPDX-License-Identifier: MIT */
/* Whole runs: the runner and its workers as they are, and a death at any step
 * of a worker.  Every test ends exactly once (LF-1), whatever happens.  One
 * has successors that nobody asked for, the other asks for each. */
#include "tests/model/scene.h"
#include "tests/model/world.h"

static void setup_one(void)
{
	world_begin(&(struct world_args){ .n_positions = 2,
					  .n_slots = 1,
					  .ring_cap = 2,
					  .results_cap = 2,
					  .n_parts = 1,
					  .mortal = true });
	explore_spawn("runner", runner_whole, NULL);
}

static void setup_two(void)
{
	world_begin(&(struct world_args){ .n_positions = 2,
					  .n_slots = 2,
					  .ring_cap = 2,
					  .results_cap = 2,
					  .n_parts = 1,
					  .mortal = true,
					  .asked = true });
	explore_spawn("runner", runner_whole, NULL);
}

/* CRASH-2, SCOPE-5: two units of two.  Whatever dies, each runs in order. */
static void setup_units(void)
{
	world_begin(&(struct world_args){ .n_positions = 4,
					  .n_slots = 1,
					  .ring_cap = 2,
					  .results_cap = 4,
					  .n_parts = 1,
					  .unit = 2,
					  .held = true,
					  .mortal = true,
					  .asked = true });
	explore_spawn("runner", runner_whole, NULL);
}

static void verify_units(void)
{
	uint32_t i;

	world_verify_ended();
	for (i = 0; i < 4; i += 2)
		check(world.order[i] <= world.order[i + 1] ||
		      !world.n_ran[i + 1]);
}

/* Two parts whose fixtures cost more than what is in them; who dies on one
 * must not keep its successor from it (FIX-4). */
static void setup_parts(void)
{
	world_begin(&(struct world_args){ .n_positions = 2,
					  .n_slots = 1,
					  .ring_cap = 2,
					  .results_cap = 2,
					  .n_parts = 2,
					  .setup_ns = 4,
					  .mortal = true,
					  .asked = true });
	explore_spawn("runner", runner_whole, NULL);
}

/* The first fails once, and what a death costs is an attempt too: each is run
 * again at most once, and none that failed ends as if it had not. */
static void setup_again(void)
{
	world_begin(&(struct world_args){ .n_positions = 2,
					  .n_slots = 2,
					  .ring_cap = 2,
					  .results_cap = 2,
					  .n_parts = 1,
					  .retries = 1,
					  .n_flaky = 1,
					  .mortal = true,
					  .asked = true });
	explore_spawn("runner", runner_whole, NULL);
}

static void verify_again(void)
{
	world_verify_ended();
	check(world.outcome[0] == OUTCOME_FLAKY ||
	      outcome_is_failure(world.outcome[0]));
	check(world.n_killed || world.outcome[0] == OUTCOME_FLAKY);
	check(world.n_killed || world.run.tally.retries == 1);
}

static void begin_copies(uint32_t n_positions, bool mortal)
{
	world_begin(&(struct world_args){ .n_positions = n_positions,
					  .n_slots = 2,
					  .ring_cap = 2,
					  .results_cap = 4,
					  .copies = true,
					  .held = true,
					  .mortal = mortal,
					  .asked = true });
	explore_spawn("runner", runner_whole, NULL);
}

/* Copies that begin together (decision 0033): whoever dies, nobody waits for
 * ever. */
static void setup_copies(void)
{
	begin_copies(2, true);
}

/* None of the second volley begins before both of the first have ended.  With
 * deaths as well it is true too, and takes half a minute. */
static void setup_volleys(void)
{
	begin_copies(4, false);
}

static void verify_volleys(void)
{
	uint32_t first, second;

	world_verify_ended();
	for (first = 0; first < 4; first += 2)
		for (second = 1; second < 4; second += 2)
			check(world.order[first] < world.order[second]);
}

const struct scene scene_run[] = {
	{ .name = "run_one",
	  .what = "a worker that may die, and its successor",
	  .setup = setup_one,
	  .verify = world_verify_ended,
	  .deaths = 1,
	  .preemptions = 1 },
	{ .name = "run_two",
	  .what = "two workers, one of which may die",
	  .setup = setup_two,
	  .verify = world_verify_ended,
	  .deaths = 1,
	  .preemptions = 0 },
	{ .name = "run_units",
	  .what = "bound units, and a death in one of them",
	  .setup = setup_units,
	  .verify = verify_units,
	  .deaths = 1,
	  .preemptions = 0 },
	{ .name = "run_parts",
	  .what = "two parts, and a death on one of them",
	  .setup = setup_parts,
	  .verify = world_verify_ended,
	  .deaths = 1,
	  .preemptions = 0 },
	{ .name = "run_again",
	  .what = "a test that fails once, and a death",
	  .setup = setup_again,
	  .verify = verify_again,
	  .deaths = 1,
	  .preemptions = 0 },
	{ .name = "run_copies",
	  .what = "copies that begin together, and a death",
	  .setup = setup_copies,
	  .verify = world_verify_ended,
	  .deaths = 1,
	  .preemptions = 0 },
	{ .name = "run_volleys",
	  .what = "two volleys of copies",
	  .setup = setup_volleys,
	  .verify = verify_volleys,
	  .preemptions = 1 },
	{ 0 }
};
