/* SPDX-License-Identifier: MIT */
/* The result ring: records are whole and in order, and a full ring wakes who
 * waits for room. */
#include "tests/model/scene.h"
#include "tests/model/world.h"

#include "run/collect.h"

#define N_RECORDS 3u

static void record_all(void *arg)
{
	uint32_t i;

	for (i = 0; i < N_RECORDS; i++)
		worker_record(arg, i);
}

/* Looks as often as it takes, without a doorbell. */
static void collect(void *arg)
{
	struct run *run = &world.run;

	(void)arg;
	while (run->n_ended < N_RECORDS)
		runner_turn(run);
}

static void results_begin(uint32_t cap)
{
	uint32_t attempt, i;

	world_begin(&(struct world_args){ .n_positions = N_RECORDS,
					  .n_slots = 1,
					  .ring_cap = 2,
					  .results_cap = cap });
	for (i = 0; i < N_RECORDS; i++)
		state_try_claim(&world.run.arena.states[i], 0, 0, &attempt);
	world_spawn(0, record_all);
	explore_spawn("runner", collect, NULL);
}

static void setup_full(void)
{
	results_begin(1);
}

static void setup_wrap(void)
{
	results_begin(2);
}

static void verify(void)
{
	uint32_t i;

	for (i = 0; i < N_RECORDS; i++)
		check(world.n_ended[i] == 1);
	check(world.n_warnings == 0);
}

const struct scene scene_results[] = {
	{ .name = "results_wrap",
	  .what = "three records through two places",
	  .setup = setup_wrap,
	  .verify = verify,
	  .preemptions = 3 },
	{ .name = "results_full",
	  .what = "three records through one place",
	  .setup = setup_full,
	  .verify = verify,
	  .preemptions = 3 },
	{ 0 }
};
