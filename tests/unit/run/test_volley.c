/* SPDX-License-Identifier: MIT */
/* --stress: when the gun is fired, and what dead, stopped and scribbling workers
 * do to it (decision 0033). */
#include "run/volley.h"

#include "fake_run.h"
#include "run/collect.h"
#include "run/feed.h"
#include "run/stop.h"
#include "run/tell.h"

#include <criterion/criterion.h>
#include <signal.h>

#define COPIES 2u
#define VOLLEYS 3u

static struct fake_run fake;
static struct fake_worker workers[COPIES];
static struct deal deals[COPIES];

static void open_fake(void)
{
	uint32_t i;

	fake_run_open(&fake, COPIES * VOLLEYS, COPIES);
	for (i = 0; i < COPIES; i++)
		deals[i] = (struct deal){ i, i * VOLLEYS, (i + 1) * VOLLEYS,
					  true };
	fake.plan.copies = COPIES;
	fake.plan.deals = deals;
	fake.plan.n_deals = COPIES;
	volley_open(&fake.run);
	feed_open(&fake.run);
	for (i = 0; i < COPIES; i++)
		workers[i] = fake_worker_start(&fake, i, -1);
}

static void close_fake(void)
{
	fake.plan.deals = NULL;
	fake.plan.n_deals = 0;
	fake_run_close(&fake);
}

TestSuite(volley, .init = open_fake, .fini = close_fake);

static uint32_t fired(void)
{
	return atom32_load_relaxed(&fake.run.arena.gate->gun.fired);
}

static void set_resting(uint32_t slot, uint32_t resting)
{
	atom32_store_relaxed(&fake.run.arena.slots[slot].resting, resting);
}

static void rest(uint32_t slot)
{
	fake_worker_rest(&workers[slot]);
	set_resting(slot, 1);
}

/* Takes the next of its list, as a worker that has risen. */
static uint32_t take(uint32_t slot)
{
	struct deque *held = &fake.run.arena.deques[slot].held;
	struct range seen = deque_peek(held);

	set_resting(slot, 0);
	fake_worker_announce(&workers[slot], seen.lo);
	deque_take_bound(held, seen);
	return seen.lo;
}

static void run_copy(uint32_t slot, enum outcome outcome)
{
	uint32_t p = take(slot);

	cr_assert(fake_worker_claim(&workers[slot], p));
	fake_worker_enter(&workers[slot], p);
	fake_worker_end(&workers[slot], p, outcome);
	fake_worker_push(&workers[slot],
			 fake_worker_record(&workers[slot], p, outcome));
	rest(slot);
}

static void rest_all(void)
{
	rest(0);
	rest(1);
	volley_turn(&fake.run);
}

Test(volley, waits_until_all_rest)
{
	volley_turn(&fake.run);
	cr_expect_eq(fired(), 0);
	rest(0);
	volley_turn(&fake.run);
	cr_expect_eq(fired(), 0);
	rest(1);
	cr_expect(volley_is_due(&fake.run));
	volley_turn(&fake.run);
	cr_expect_eq(fired(), 1);
	cr_expect_gt(gun_start(&fake.run.arena.gate->gun), fake.run.now_ns);
}

Test(volley, waits_for_the_end_of_each_copy)
{
	rest_all();
	volley_turn(&fake.run);
	cr_expect_eq(fired(), 1, "nobody has taken yet");
	run_copy(0, OUTCOME_PASS);
	volley_turn(&fake.run);
	cr_expect_eq(fired(), 1, "one has not even risen");
	take(1);
	volley_turn(&fake.run);
	cr_expect_eq(fired(), 1, "one runs");
	rest(1);
	volley_turn(&fake.run);
	cr_expect_eq(fired(), 2);
}

Test(volley, waits_for_the_successor_of_a_dead_one)
{
	rest_all();
	run_copy(0, OUTCOME_PASS);
	take(1);
	fake_worker_gone(&workers[1], FAKE_KILLED(SIGKILL));
	volley_turn(&fake.run);
	cr_expect_eq(fired(), 1, "its copy was not begun");
	cr_expect_eq(deque_peek(&fake.run.arena.deques[1].held).lo, VOLLEYS);
	workers[1] = fake_worker_start(&fake, 1, -1);
	rest(1);
	volley_turn(&fake.run);
	cr_expect_eq(fired(), 1, "nor yet");
	run_copy(1, OUTCOME_PASS);
	volley_turn(&fake.run);
	cr_expect_eq(fired(), 2);
}

Test(volley, that_failed_is_told_before_the_next)
{
	fake.args.max_fail = 1;
	rest_all();
	run_copy(0, OUTCOME_FAIL);
	run_copy(1, OUTCOME_PASS);
	volley_turn(&fake.run);
	cr_expect_eq(fired(), 1);
	cr_expect(fake.run.stop.asked);
	stop_tell_rest(&fake.run);
	cr_expect_eq(fake.run.tally.selected, COPIES);
	cr_expect_eq(tally_done(&fake.run.tally), COPIES);
	cr_expect_eq(fake.run.n_ended, COPIES * VOLLEYS);
}

Test(volley, that_was_let_go_and_not_begun_is_not_run)
{
	rest_all();
	run_copy(0, OUTCOME_PASS);
	collect_all(&fake.run);
	stop_for_signal(&fake.run, SIGINT);
	stop_tell_rest(&fake.run);
	cr_expect_eq(fake.run.tally.count[OUTCOME_NOTRUN], 1);
	cr_expect_eq(fake.run.tally.selected, COPIES);
}

Test(volley, does_not_begin_when_the_time_is_over)
{
	/* As the clock that it is fired by. */
	fake.run.started_ns = 0;
	fake.args.stress_ns = 1;
	rest_all();
	cr_expect_eq(fired(), 1, "it begins with the first");
	run_copy(0, OUTCOME_PASS);
	run_copy(1, OUTCOME_PASS);
	fake.run.now_ns += 1;
	volley_turn(&fake.run);
	cr_expect_eq(fired(), 1);
	cr_expect(fake.run.stop.asked);
}

Test(volley, goes_on_beside_a_list_that_was_overwritten)
{
	rest_all();
	deque_install(&fake.run.arena.deques[1].held, (struct range){ 0 });
	run_copy(0, OUTCOME_PASS);
	volley_turn(&fake.run);
	cr_expect_eq(fired(), 2);
	run_copy(0, OUTCOME_PASS);
	volley_turn(&fake.run);
	cr_expect_not(volley_holds_back(&fake.run), "the sweep does the rest");
}

Test(volley, has_its_gun_put_right)
{
	rest_all();
	cr_expect_not(volley_mend(&fake.run));
	gun_fire(&fake.run.arena.gate->gun, 77, UINT64_MAX);
	cr_expect(volley_mend(&fake.run));
	cr_expect_eq(fired(), 1);
	cr_expect_lt(gun_start(&fake.run.arena.gate->gun), UINT64_MAX);
}
