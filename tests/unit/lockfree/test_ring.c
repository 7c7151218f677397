/* SPDX-License-Identifier: MIT */
/* LF-3: one producer, many consumers, nobody waits for anybody. */
#include "lockfree/ring.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#define CAP 8u
#define MASK (CAP - 1)

static struct ring *ring;
static struct ring_producer producer;

static void open_ring(void)
{
	ring = calloc(1, ring_size(CAP));
	producer = (struct ring_producer){ .ring = ring, .mask = MASK };
}

static void close_ring(void)
{
	free(ring);
}

TestSuite(ring, .init = open_ring, .fini = close_ring);

/* A start at which head and tail wrap around soon. */
static void start_at(uint32_t n)
{
	atom32_store_relaxed(&ring->head, n);
	atom32_store_relaxed(&ring->tail, n);
	producer.tail = n;
}

static bool push(uint32_t lo)
{
	return ring_push_sp(&producer,
			    (struct range){ .lo = lo, .hi = lo + 1 });
}

static bool take(uint32_t *lo)
{
	struct ring_look look;

	if (!ring_peek_mc(ring, MASK, &look))
		return false;
	cr_assert(ring_try_take_mc(ring, &look), "nobody interferes");
	*lo = look.range.lo;
	return true;
}

Test(ring, of_zero_bytes_is_empty)
{
	struct ring_look look;

	cr_expect_not(ring_peek_mc(ring, MASK, &look));
	cr_expect_eq(ring_used(&producer), 0);
}

Test(ring, gives_back_what_was_pushed_in_order)
{
	uint32_t i, lo;

	for (i = 0; i < 5; i++)
		cr_assert(push(i * 10));
	cr_expect_eq(ring_used(&producer), 5);
	for (i = 0; i < 5; i++) {
		cr_assert(take(&lo));
		cr_expect_eq(lo, i * 10);
	}
	cr_expect_not(take(&lo));
}

Test(ring, carries_both_ends_of_a_range)
{
	struct ring_look look;

	ring_push_sp(&producer, (struct range){ .lo = 17, .hi = 4711 });
	cr_assert(ring_peek_mc(ring, MASK, &look));
	cr_expect_eq(look.range.lo, 17);
	cr_expect_eq(look.range.hi, 4711);
}

Test(ring, that_is_full_refuses_and_loses_nothing)
{
	uint32_t i, lo;

	for (i = 0; i < CAP; i++)
		cr_assert(push(i), "cell %u", i);
	cr_expect_not(push(99));
	cr_expect_eq(producer.tail, CAP, "the refused push left no trace");
	for (i = 0; i < CAP; i++) {
		cr_assert(take(&lo));
		cr_expect_eq(lo, i);
	}
	cr_expect(push(99));
}

/* The indices run on through 2^32; only their difference counts. */
Test(ring, works_across_the_wrap_of_its_indices)
{
	uint32_t i, lo;

	start_at(UINT32_MAX - 2);
	for (i = 0; i < CAP; i++)
		cr_assert(push(i));
	cr_expect_not(push(99));
	for (i = 0; i < CAP; i++) {
		cr_assert(take(&lo));
		cr_expect_eq(lo, i);
	}
	cr_expect_not(take(&lo));
}

/* Two consumers that saw the same head: one has it, the other looks again. */
Test(ring, gives_a_cell_to_one_of_two_who_saw_it)
{
	struct ring_look a, b;
	uint32_t lo;

	push(1);
	push(2);
	cr_assert(ring_peek_mc(ring, MASK, &a));
	cr_assert(ring_peek_mc(ring, MASK, &b));
	cr_expect(ring_try_take_mc(ring, &a));
	cr_expect_not(ring_try_take_mc(ring, &b));
	cr_assert(take(&lo));
	cr_expect_eq(lo, 2);
}

/* A consumer that slept through a whole round of the ring. */
Test(ring, refuses_a_look_that_is_a_round_old)
{
	struct ring_look old;
	uint32_t i, lo;

	push(0);
	cr_assert(ring_peek_mc(ring, MASK, &old));
	for (i = 1; i <= CAP; i++) {
		cr_assert(take(&lo));
		cr_assert(push(i));
	}
	cr_expect_not(ring_try_take_mc(ring, &old));
}

/* LF-6: the producer's tail is private; a scribbled one is only a hint. */
Test(ring, does_not_read_its_tail_back)
{
	push(1);
	atom32_store_relaxed(&ring->tail, 12345);
	push(2);
	cr_expect_eq(atom32_load_relaxed(&ring->tail), 2);
}

Test(ring, with_a_damaged_head_says_more_than_its_capacity)
{
	struct ring_look look;

	push(1);
	atom32_store_relaxed(&ring->head, 77);
	cr_expect_gt(ring_used(&producer), CAP);
	cr_expect_not(push(2), "no cell is overwritten on its word");
	cr_expect_not(ring_peek_mc(ring, MASK, &look), "head beyond tail");
}
