/* SPDX-License-Identifier: MIT */
/* What the runner hands out itself: units that hold locks, and wide ones that
 * nothing runs beside. */
#include "tests/model/scene.h"
#include "tests/model/world.h"

#include "run/feed.h"
#include "run/keeper.h"

static void collect(void *arg)
{
	struct run *run = &world.run;

	(void)arg;
	while (run->n_ended < run->layout.n_positions)
		runner_turn(run);
}

/* Its end would have it buried: it stays. */
static void stay(void *arg)
{
	worker_stay(arg);
}

static void verify_told(void)
{
	uint32_t i;

	for (i = 0; i < world.run.layout.n_positions; i++)
		check(world.n_ended[i] == 1 && world.n_ran[i] == 1);
	check(world.n_warnings == 0);
}

/* ---- which unit is mine ------------------------------------------------ */

/* Two at a time of three that take one of two units. */
static void setup_numbers(void)
{
	world_begin(&(struct world_args){ .n_positions = 3,
					  .n_slots = 1,
					  .ring_cap = 2,
					  .results_cap = 4,
					  .n_gated = 3,
					  .n_units = 2,
					  .held = true });
	world_spawn(0, stay);
	explore_spawn("runner", collect, NULL);
}

static void verify_numbers(void)
{
	verify_told();
	check(world.number[0] == 0 && world.number[1] == 1);
	check(world.number[2] == 0 || world.number[2] == 1);
}

/* ---- wide ones ---------------------------------------------------------- */

/* From when it is handed out on the reserved slot runs nothing. */
static void turn(void *arg)
{
	(void)arg;
	keeper_turn(&world.run);
}

/* Until it is handed out: the runner hears that the slot has come to rest. */
static void turns(void *arg)
{
	struct run *run = &world.run;

	(void)arg;
	keeper_turn(run);
	while (range_is_empty(keeper_given(run, 1)))
		runner_turn(run);
}

static void verify_wide(void)
{
	check(!range_is_empty(keeper_given(&world.run, 1)));
}

static void begin_wide(void (*runner)(void *arg))
{
	world_begin(&(struct world_args){ .n_positions = 2,
					  .n_slots = 2,
					  .ring_cap = 2,
					  .results_cap = 4,
					  .n_gated = 2,
					  .n_wide = 1,
					  .held = true });
	/* It lives and is busy with what nobody asks about. */
	world.run.slots[0].state = CREW_LIVE;
	world_spawn(1, stay);
	explore_spawn("runner", runner, NULL);
}

static void setup_wide(void)
{
	begin_wide(turn);
}

static void setup_rests(void)
{
	begin_wide(turns);
}

/* Of two reserved slots one is busy for a while: the other is shown what fits
 * in (GATE_FILL), and must have come to rest again before the wide unit is
 * handed out. */
static void fill(void *arg)
{
	struct run *run = &world.run;
	struct slot *busy = &run->arena.slots[1];

	(void)arg;
	keeper_turn(run);
	memory_store(&busy->current, 0, ORDER_RELEASE, NULL);
	memory_store(&busy->resting, 1, ORDER_RELEASE, NULL);
	keeper_turn(run);
}

static void setup_fill(void)
{
	struct current_word now = { .phase = PHASE_RUN };
	struct slot *busy;

	world_begin(&(struct world_args){ .n_positions = 3,
					  .n_slots = 3,
					  .n_parts = 1,
					  .ring_cap = 2,
					  .results_cap = 4,
					  .n_gated = 1,
					  .n_wide = 1,
					  .first_ns = WORLD_NOW_NS });
	busy = &world.run.arena.slots[1];
	world.run.slots[0].state = world.run.slots[1].state = CREW_LIVE;
	memory_store(&busy->current, current_pack(now), ORDER_RELEASE, NULL);
	memory_store(&busy->start_ns, WORLD_NOW_NS, ORDER_RELEASE, NULL);
	cursor_install(&world.run.arena.cursors[0], (struct range){ 1, 2 });
	world.run.slots[2].state = CREW_LIVE;
	keeper_turn(&world.run);
	world_spawn(2, stay);
	explore_spawn("runner", fill, NULL);
}

/* Both sleep, and one of them is held back when it is woken: the other must
 * come for what there is. */
static void setup_wakes(void)
{
	world_begin(&(struct world_args){ .n_positions = 2,
					  .n_slots = 2,
					  .ring_cap = 2,
					  .results_cap = 8,
					  .n_gated = 2,
					  .n_wide = 1,
					  .held = true });
	world.wide_from = 2;
	world_spawn(0, stay);
	world_spawn(1, stay);
	explore_spawn("runner", turn, NULL);
}

static void verify_wakes(void)
{
	check(world.n_ran[0] == 1);
	check(world.n_ran[1] ||
	      range_is_empty(keeper_given(&world.run, 1)));
}

/* ---- a sweep that finds a unit between two hands ------------------------ */

/* All seemed asleep, but one had woken and taken the unit.  It may have begun
 * it since, so that what is handed out again must begin where it did: the rest
 * by itself would run beside it (LOCK-1). */
static void sweep(void *arg)
{
	struct run *run = &world.run;
	struct ring_look look;

	(void)arg;
	feed_sweep(run);
	while (ring_peek_mc(run->arena.ring, run->ring.mask, &look) &&
	       ring_try_take_mc(run->arena.ring, &look))
		check(look.range.lo == 0);
}

static void take(void *arg)
{
	worker_once(arg);
}

static void setup_sweep(void)
{
	world_begin(&(struct world_args){ .n_positions = 2,
					  .n_slots = 1,
					  .ring_cap = 2,
					  .results_cap = 2,
					  .unit = 2,
					  .held = true });
	feed_units(&world.run, (struct range){ 0, 2 });
	world_spawn(0, take);
	explore_spawn("runner", sweep, NULL);
}

const struct scene scene_keeper[] = {
	{ .name = "keeper_numbers",
	  .what = "who holds one of several units knows which",
	  .setup = setup_numbers,
	  .verify = verify_numbers,
	  .may_sleep = true,
	  .preemptions = 1 },
	{ .name = "keeper_wide",
	  .what = "nothing runs beside a wide unit",
	  .setup = setup_wide,
	  .may_sleep = true,
	  .preemptions = 3 },
	{ .name = "keeper_fill",
	  .what = "a reserved slot runs what fits in front of a wide unit",
	  .setup = setup_fill,
	  .may_sleep = true,
	  .preemptions = 2 },
	{ .name = "keeper_rests",
	  .what = "the runner falls asleep while a reserved slot comes to rest",
	  .setup = setup_rests,
	  .verify = verify_wide,
	  .may_sleep = true,
	  .preemptions = 2 },
	{ .name = "keeper_wakes",
	  .what = "of two that sleep one is held back, the other comes",
	  .setup = setup_wakes,
	  .verify = verify_wakes,
	  .may_sleep = true,
	  .preemptions = 1 },
	{ .name = "keeper_sweep",
	  .what = "a sweep finds a unit between two hands",
	  .setup = setup_sweep,
	  .preemptions = 4 },
	{ 0 }
};
