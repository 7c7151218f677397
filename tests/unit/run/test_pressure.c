/* SPDX-License-Identifier: MIT */
/* JOBS-4: while memory is short, one worker claims, and nobody waits for ever. */
#include "run/pressure.h"

#include "base/clock.h"
#include "fake_run.h"
#include "run/crew.h"
#include "run/feed.h"
#include "run/keeper.h"

#include <criterion/criterion.h>

static struct fake_run fake;
static uint64_t stalled_us;
static bool known;

static bool stalled(void *ctx, uint64_t *us)
{
	(void)ctx;
	if (known)
		*us = stalled_us;
	return known;
}

static const struct run_pressure pressure = { .stalled = stalled, .most = 20 };

/* 8 tests in the ring, 4 slots, of which the first look has been taken. */
static void open_fake(void)
{
	fake_run_open(&fake, 8, 4);
	fake.args.pressure = &pressure;
	feed_range(&fake.run, (struct range){ .lo = 0, .hi = 8 });
	known = true;
	stalled_us = 7000000;
	pressure_tick(&fake.run);
}

static void close_fake(void)
{
	fake_run_close(&fake);
}

TestSuite(pressure, .init = open_fake, .fini = close_fake);

/* A second in which somebody waited for so much of it. */
static void second(uint64_t percent)
{
	fake.run.now_ns += NS_PER_S;
	stalled_us += percent * 10000;
	pressure_tick(&fake.run);
}

static bool gate_is_held(uint32_t slot)
{
	const struct gate *g = fake.run.arena.gate;

	return gate_signs(g) & GATE_HOLD && gate_holds_back(g, slot);
}

static void expect_limit(uint32_t limit)
{
	uint32_t i;

	cr_expect_eq(keeper_limit(&fake.run), limit);
	for (i = 0; i < fake.run.n_slots; i++)
		cr_expect_eq(gate_is_held(i), i >= limit, "slot %u", i);
}

Test(pressure, what_was_before_the_run_does_not_count)
{
	expect_limit(4);
	second(0);
	expect_limit(4);
}

Test(pressure, one_slot_goes_on_while_it_is_high)
{
	second(19);
	expect_limit(4);
	second(20);
	expect_limit(1);
	cr_expect_eq(fake_run_count(&fake, EVENT_WARNING), 1);
	second(100);
	second(10);
	expect_limit(1);
	second(9);
	expect_limit(4);
	second(100);
	expect_limit(1);
	cr_expect_eq(fake_run_count(&fake, EVENT_WARNING), 1, "told once");
}

Test(pressure, a_share_is_one_of_a_second)
{
	fake.run.now_ns += NS_PER_S / 2;
	stalled_us += 500000;
	pressure_tick(&fake.run);
	expect_limit(4);
}

Test(pressure, no_worker_is_forked_for_who_would_wait)
{
	uint32_t i, n = 0;

	second(50);
	crew_fill(&fake.run);
	for (i = 0; i < fake.run.n_slots; i++)
		n += fake.run.slots[i].state != CREW_EMPTY;
	cr_expect_eq(n, 1);
}

/* A slot whose worker cannot be forked is not the one that goes on. */
Test(pressure, who_goes_on_has_a_worker)
{
	fake.run.slots[2].state = CREW_LIVE;
	second(50);
	expect_limit(3);
}

Test(pressure, nobody_waits_when_all_rest)
{
	cr_expect_not(pressure_yield(&fake.run));
	second(50);
	cr_expect(pressure_yield(&fake.run));
	expect_limit(4);
	second(50);
	expect_limit(1);
}

Test(pressure, nobody_waits_when_nobody_can_say)
{
	second(50);
	known = false;
	second(50);
	expect_limit(4);
	known = true;
	stalled_us = 0; /* another file than before */
	second(0);
	expect_limit(4);
}

