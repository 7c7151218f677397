/* SPDX-License-Identifier: MIT */
/* How positions are dealt: pure, so all of it can be looked at. */
#include "sched/sched.h"

#include <criterion/criterion.h>

static struct listing listing;
static struct plan plan;

static void deal(uint32_t n_positions, uint32_t n_slots)
{
	struct err err = { 0 };

	listing_init(&listing);
	listing_add_suite(&listing, "./t.so", "native");
	listing_add_test(&listing, &(struct test){ .name = "A::all",
						   .file = "",
						   .count = n_positions,
						   .indexed = true });
	plan_init(&plan);
	plan_add(&plan, 0, 0, n_positions);
	sched_deal(&plan, n_slots);
	cr_expect_eq(plan_check(&plan, &listing, &err), 0, "%u to %u: %s",
		     n_positions, n_slots, err.text);
}

static void undeal(void)
{
	plan_fini(&plan);
	listing_fini(&listing);
}

/* Each position in exactly one chunk, in plan order, whatever the numbers. */
Test(sched, deals_every_position_once)
{
	static const uint32_t sizes[] = { 1, 2, 3, 7, 8, 9, 100, 4097,
					  TEST_COUNT_MAX };
	static const uint32_t slots[] = { 1, 2, 3, 64, 1000, 65535 };
	size_t i, k;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (k = 0; k < sizeof(slots) / sizeof(slots[0]); k++) {
			deal(sizes[i], slots[k]);
			undeal();
		}
}

/* Large at first, single tests at the end: all workers end together. */
Test(sched, deals_chunks_that_shrink_to_single_tests)
{
	uint32_t i, last;

	deal(1000, 4);
	cr_expect_eq(plan.chunks[0].hi, 1000 / 8);
	for (i = 1; i < plan.n_chunks; i++)
		cr_expect_leq(plan.chunks[i].hi - plan.chunks[i].lo,
			      plan.chunks[i - 1].hi - plan.chunks[i - 1].lo);
	last = plan.n_chunks - 1;
	for (i = 0; i < 8; i++)
		cr_expect_eq(plan.chunks[last - i].hi -
				     plan.chunks[last - i].lo, 1);
	undeal();
}

/* SHM-10: there is something for each slot at once. */
Test(sched, has_a_chunk_for_each_slot)
{
	deal(64, 64);
	cr_expect_eq(plan.n_chunks, 64);
	undeal();
	deal(10000, 64);
	cr_expect_geq(plan.n_chunks, 64);
	undeal();
}

/* Ten million tests are not ten million chunks: the ring stays short. */
Test(sched, deals_few_chunks_even_of_many_tests)
{
	deal(TEST_COUNT_MAX, 2);
	cr_expect_lt(plan.n_chunks, 100);
	undeal();
}

Test(sched, deals_nothing_of_nothing)
{
	plan_init(&plan);
	sched_deal(&plan, 3);
	cr_expect_eq(plan.n_chunks, 0);
	plan_fini(&plan);
}
