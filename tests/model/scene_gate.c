/* SPDX-License-Identifier: MIT */
/* Sleeping and waking: no time-out helps here, so a lost wake-up is a thread
 * that sleeps for ever. */
#include "tests/model/scene.h"
#include "tests/model/world.h"

#include "run/feed.h"
#include "run/stop.h"

/* A ring that is half full is rung for in any case. */
#define PLENTY 8

static const struct world_args small = { .n_positions = 1,
					 .n_slots = 1,
					 .ring_cap = 2,
					 .results_cap = PLENTY };

static void idle(void *arg)
{
	worker_idle(arg);
}

/* ---- who publishes work ---------------------------------------------- */

static void feed(void *arg)
{
	(void)arg;
	feed_range(&world.run, (struct range){ 0, 1 });
}

static void setup_feed(void)
{
	world_begin(&small);
	world_spawn(0, idle);
	explore_spawn("runner", feed, NULL);
}

/* Each of two workers has something to find. */
static void feed_both(void *arg)
{
	(void)arg;
	feed_range(&world.run, (struct range){ 0, 1 });
	feed_range(&world.run, (struct range){ 1, 2 });
}

static void setup_feed_both(void)
{
	world_begin(&(struct world_args){ .n_positions = 2,
					  .n_slots = 2,
					  .ring_cap = 2,
					  .results_cap = PLENTY });
	world_spawn(0, idle);
	world_spawn(1, idle);
	explore_spawn("runner", feed_both, NULL);
}

static void top_up(void *arg)
{
	(void)arg;
	feed_top_up(&world.run);
}

/* What waits behind the ring comes when the ring has room. */
static void setup_top_up(void)
{
	static struct range waiting[] = { { 0, 1 } };

	world_begin(&small);
	world.run.backlog = waiting;
	world.run.n_backlog = 1;
	world_spawn(0, idle);
	explore_spawn("runner", top_up, NULL);
}

/* One that has two tests and is held up in the first; the other must come for
 * the second. */
static void setup_share(void)
{
	world_begin(&(struct world_args){ .n_positions = 2,
					  .n_slots = 2,
					  .ring_cap = 2,
					  .results_cap = PLENTY });
	world.hang = true;
	ring_push_sp(&world.run.ring, (struct range){ 0, 2 });
	world_spawn(0, worker_whole);
	world_spawn(1, worker_whole);
}

static void verify_share(void)
{
	check(world.n_ran[0] == 1 && world.n_ran[1] == 1);
}

static void stop(void *arg)
{
	(void)arg;
	stop_close_gate(&world.run);
}

static void setup_stop(void)
{
	world_begin(&small);
	world_spawn(0, idle);
	explore_spawn("runner", stop, NULL);
}

static void verify_idle(void)
{
	check(memory_latest(&world.run.arena.gate->n_sleeping) == 0);
	check(memory_latest(&world.run.arena.slots[0].parked) == 0);
}

/* ---- who publishes a result ------------------------------------------ */

/* Its end would wake the runner: it stays. */
static void record_own(void *arg)
{
	struct worker *w = arg;

	worker_record(w, w->slot);
	explore_sleep(w, REST_EVER);
}

static void collect(void *arg)
{
	struct run *run = &world.run;

	(void)arg;
	while (run->n_ended < run->layout.n_positions)
		runner_turn(run);
}

static void claim(uint32_t position, uint32_t slot)
{
	uint32_t attempt;

	state_try_claim(&world.run.arena.states[position], slot, 0, &attempt);
}

static void setup_ring(void)
{
	world_begin(&small);
	claim(0, 0);
	world_spawn(0, record_own);
	explore_spawn("runner", collect, NULL);
}

static void setup_rings(void)
{
	world_begin(&(struct world_args){ .n_positions = 2,
					  .n_slots = 2,
					  .ring_cap = 2,
					  .results_cap = PLENTY });
	claim(0, 0);
	claim(1, 1);
	world_spawn(0, record_own);
	world_spawn(1, record_own);
	explore_spawn("runner", collect, NULL);
}

static void verify_told(void)
{
	uint32_t i;

	for (i = 0; i < world.run.layout.n_positions; i++)
		check(world.n_ended[i] == 1);
	check(world.n_warnings == 0);
}

/* ---- everybody asleep although a test is missing --------------------- */

/* Its end would have it buried: it stays. */
static void park(void *arg)
{
	while (!worker_park(arg))
		;
	explore_sleep(arg, REST_EVER);
}

static void setup_quiet(void)
{
	world_begin(&small);
	world_spawn(0, park);
	explore_spawn("runner", collect, NULL);
}

/* The sweep has found the position that nothing leads to. */
static void verify_quiet(void)
{
	struct current_word current = current_unpack(
		memory_latest(&world.run.arena.slots[0].current));

	check(current.phase == PHASE_CLAIM && current.position == 0);
}

const struct scene scene_gate[] = {
	{ .name = "gate_feed",
	  .what = "a worker falls asleep while the runner publishes",
	  .setup = setup_feed,
	  .verify = verify_idle,
	  .preemptions = -1 },
	{ .name = "gate_feed_both",
	  .what = "two workers fall asleep while the runner publishes",
	  .setup = setup_feed_both,
	  .verify = verify_idle,
	  .preemptions = 2 },
	{ .name = "gate_top_up",
	  .what = "the same for what waited behind a full ring",
	  .setup = setup_top_up,
	  .verify = verify_idle,
	  .preemptions = -1 },
	{ .name = "gate_share",
	  .what = "a worker falls asleep while another publishes",
	  .setup = setup_share,
	  .verify = verify_share,
	  .may_sleep = true,
	  .preemptions = 3 },
	{ .name = "gate_stop",
	  .what = "a worker falls asleep while the run is stopped",
	  .setup = setup_stop,
	  .verify = verify_idle,
	  .preemptions = -1 },
	{ .name = "gate_ring",
	  .what = "the runner falls asleep while a worker publishes",
	  .setup = setup_ring,
	  .verify = verify_told,
	  .may_sleep = true,
	  .preemptions = 3 },
	{ .name = "gate_rings",
	  .what = "the same with two workers",
	  .setup = setup_rings,
	  .verify = verify_told,
	  .may_sleep = true,
	  .preemptions = 2 },
	{ .name = "gate_quiet",
	  .what = "runner and worker fall asleep beside a lost range",
	  .setup = setup_quiet,
	  .verify = verify_quiet,
	  .may_sleep = true,
	  .preemptions = 3 },
	{ 0 }
};
