/* SPDX-License-Identifier: MIT */
/* JOBS-7: workers come with tokens, and tokens go when slots rest. */
#include "run/tokens.h"

#include "fake_run.h"
#include "run/crew.h"
#include "run/feed.h"
#include "run/tell.h"

#include <criterion/criterion.h>

/* Who grants: so many tokens are free. */
static struct make {
	uint32_t n_free, n_held;
} make;

static uint32_t make_take(void *ctx, uint32_t n)
{
	struct make *m = ctx;

	n = min_of(n, m->n_free);
	m->n_free -= n;
	m->n_held += n;
	return n;
}

static void make_keep(void *ctx, uint32_t n)
{
	struct make *m = ctx;

	cr_assert_leq(n, m->n_held);
	m->n_free += m->n_held - n;
	m->n_held = n;
}

static struct fake_run fake;
static struct run_tokens tokens = { .ctx = &make,
				    .take = make_take,
				    .keep = make_keep };

/* 6 tests in the ring, 4 slots, a token for one of them beside the first. */
static void open_fake(void)
{
	fake_run_open(&fake, 6, 4);
	make = (struct make){ .n_held = 1 };
	tokens.n_held = 1;
	fake.args.tokens = &tokens;
	tokens_open(&fake.run);
	feed_range(&fake.run, (struct range){ .lo = 0, .hi = 6 });
}

static void close_fake(void)
{
	fake_run_close(&fake);
}

TestSuite(tokens, .init = open_fake, .fini = close_fake);

static uint32_t start_all(void)
{
	uint32_t i, n = 0;

	crew_fill(&fake.run);
	for (i = 0; i < fake.run.n_slots; i++)
		n += fake.run.slots[i].state != CREW_EMPTY;
	fake.run.n_forking = 0;
	return n;
}

static void rest(uint32_t slot)
{
	atom32_store_release(&fake.run.arena.slots[slot].resting, 1);
}

static void end_test(uint32_t position)
{
	tell_unstarted(&fake.run, position, OUTCOME_SKIP, NOTRUN_NONE, NULL);
}

Test(tokens, a_worker_for_each_and_the_one_that_is_free)
{
	cr_expect_eq(start_all(), 2);
	tokens_tick(&fake.run);
	cr_expect_eq(start_all(), 2, "none came");
}

Test(tokens, more_are_taken_as_they_come_free_and_no_more_than_slots)
{
	start_all();
	make.n_free = 1;
	tokens_tick(&fake.run);
	cr_expect_eq(start_all(), 3);
	make.n_free = 7;
	tokens_tick(&fake.run);
	cr_expect_eq(start_all(), 4);
	cr_expect_eq(make.n_held, 3);
	cr_expect_eq(make.n_free, 6);
}

Test(tokens, none_is_taken_where_nothing_is_left_for_it)
{
	struct range r;

	start_all();
	cr_assert(fake_run_take(&fake, &r));
	make.n_free = 7;
	tokens_tick(&fake.run);
	cr_expect_eq(make.n_held, 1, "all that is left is claimed");
}

Test(tokens, none_is_taken_after_a_stop)
{
	start_all();
	fake.run.stop.asked = true;
	make.n_free = 7;
	tokens_tick(&fake.run);
	cr_expect_eq(make.n_held, 1);
}

/* Who rests beside work may be woken for it. */
Test(tokens, none_goes_back_while_work_is_left)
{
	make.n_free = 2;
	start_all();
	tokens_tick(&fake.run);
	start_all();
	rest(2);
	rest(3);
	tokens_tick(&fake.run);
	cr_expect_eq(make.n_held, 3);
}

Test(tokens, those_of_resting_slots_go_back_at_the_end)
{
	uint32_t i;

	make.n_free = 2;
	start_all();
	tokens_tick(&fake.run);
	start_all();
	for (i = 0; i < 4; i++)
		end_test(i);
	rest(2);
	tokens_tick(&fake.run);
	cr_expect_eq(make.n_held, 2, "three may look for two tests");
	rest(3);
	tokens_tick(&fake.run);
	cr_expect_eq(make.n_held, 1);
	end_test(4);
	rest(0);
	tokens_tick(&fake.run);
	cr_expect_eq(make.n_held, 0);
	cr_expect_eq(make.n_free, 3);
}

/* A loader that died took tests along, which are queued again. */
Test(tokens, what_was_given_back_is_asked_for_again)
{
	uint32_t i;

	make.n_free = 2;
	start_all();
	tokens_tick(&fake.run);
	start_all();
	for (i = 0; i < 5; i++)
		end_test(i);
	for (i = 1; i < 4; i++)
		rest(i);
	tokens_tick(&fake.run);
	cr_assert_eq(make.n_held, 0);
	for (i = 1; i < 4; i++)
		atom32_store_release(&fake.run.arena.slots[i].resting, 0);
	make.n_free = 2;
	tokens_tick(&fake.run);
	cr_expect_eq(make.n_held, 2);
	make.n_free = 1;
	tokens_tick(&fake.run);
	cr_expect_eq(make.n_held, 3);
}

/* Nobody grants: all slots may have workers. */
Test(tokens, without_anybody_who_grants_all_slots_are_ours)
{
	fake.args.tokens = NULL;
	fake.run.n_withheld = 0;
	tokens_open(&fake.run);
	cr_expect_eq(start_all(), 4);
	tokens_tick(&fake.run);
}

/* DEQ-1: what was planned for a slot without a worker is anybody's. */
Test(tokens, a_deal_to_a_slot_without_a_token_is_for_all)
{
	struct deal deals[] = { { .slot = 1, .lo = 0, .hi = 3 },
				{ .slot = 2, .lo = 3, .hi = 6 } };
	struct range r;

	fake_run_close(&fake);
	fake_run_open(&fake, 6, 4);
	fake.args.tokens = &tokens;
	tokens_open(&fake.run);
	fake.plan.deals = deals;
	fake.plan.n_deals = 2;
	feed_open(&fake.run);
	cr_expect_eq(range_len(deque_peek(
			     &fake.run.arena.deques[1].deque)), 3);
	cr_assert(fake_run_take(&fake, &r));
	cr_expect_eq(r.lo, 3);
	fake.plan.deals = NULL;
	fake.plan.n_deals = 0;
}
