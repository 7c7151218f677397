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
					  .chunk = 1,
					  .mortal = true });
	explore_spawn("runner", runner_whole, NULL);
}

static void setup_two(void)
{
	world_begin(&(struct world_args){ .n_positions = 2,
					  .n_slots = 2,
					  .ring_cap = 2,
					  .results_cap = 2,
					  .mortal = true,
					  .asked = true });
	explore_spawn("runner", runner_whole, NULL);
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
	{ 0 }
};
