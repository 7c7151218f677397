/* SPDX-License-Identifier: MIT */
/* A test that ends while the runner ends it: for its time, for a signal, for
 * what its worker did.  One of them wins. */
#include "tests/model/scene.h"
#include "tests/model/world.h"

#include "run/crew.h"
#include "run/stop.h"
#include "run/tick.h"

#include <signal.h>

#define SECOND_NS UINT64_C(1000000000)

static enum outcome otherwise; /* when the runner wins */

static void current_begin(enum outcome outcome, void (*runner)(void *arg))
{
	world_begin(&(struct world_args){ .n_positions = 1,
					  .n_slots = 1,
					  .ring_cap = 2,
					  .results_cap = 2,
					  .timeout_ns = SECOND_NS / 2,
					  .asked = true });
	otherwise = outcome;
	ring_push_sp(&world.run.ring, (struct range){ 0, 1 });
	world_spawn(0, worker_whole);
	explore_spawn("runner", runner, NULL);
}

/* The clock has moved; the runner looks. */
static void tick(void *arg)
{
	kernel_advance(SECOND_NS);
	world.run.now_ns = kernel_now();
	world.run.slots[0].quiet_since_ns = kernel_now();
	tick_run(&world.run);
	runner_rest(arg);
}

static void setup_timeout(void)
{
	current_begin(OUTCOME_TIMEOUT, tick);
}

static void interrupt(void *arg)
{
	stop_for_signal(&world.run, SIGINT);
	runner_rest(arg);
}

static void setup_interrupt(void)
{
	current_begin(OUTCOME_NOTRUN, interrupt);
}

static void interrupt_twice(void *arg)
{
	stop_for_signal(&world.run, SIGINT);
	stop_for_signal(&world.run, SIGINT);
	runner_rest(arg);
}

static void setup_twice(void)
{
	current_begin(OUTCOME_NOTRUN, interrupt_twice);
}

static void condemn(void *arg)
{
	crew_cut(&world.run, 0, DOOM_CONDEMNED);
	runner_rest(arg);
}

static void setup_condemn(void)
{
	current_begin(OUTCOME_ERROR, condemn);
}

static void verify(void)
{
	check(world.n_ended[0] == 1);
	check(world.n_ran[0] <= 1);
	check(world.outcome[0] == otherwise ||
	      (world.outcome[0] == OUTCOME_PASS && world.n_ran[0] == 1));
	check(world.n_warnings == 0);
}

/* Who was told to go had lost (STATE-12). */
static void verify_decided(void)
{
	verify();
	check(world.run.slots[0].doom == DOOM_NONE ||
	      world.outcome[0] == otherwise);
}

const struct scene scene_current[] = {
	{ .name = "current_timeout",
	  .what = "a test ends while it runs out of time",
	  .setup = setup_timeout,
	  .verify = verify_decided,
	  .preemptions = 3 },
	{ .name = "current_signal",
	  .what = "a test ends while the run is interrupted",
	  .setup = setup_interrupt,
	  .verify = verify_decided,
	  .preemptions = 2 },
	{ .name = "current_signals",
	  .what = "a test ends while all is killed",
	  .setup = setup_twice,
	  .verify = verify,
	  .preemptions = 2 },
	{ .name = "current_condemn",
	  .what = "a test ends while its worker is replaced",
	  .setup = setup_condemn,
	  .verify = verify,
	  .preemptions = 2 },
	{ 0 }
};
