/* SPDX-License-Identifier: MIT */
/* LF-14: records from one worker to the runner. */
#include "lockfree/results.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#define CAP 8u

static struct results *results;
static struct record *cells;
static struct results_writer writer;
static struct results_reader reader;

static void open_at(uint32_t n)
{
	atom32_store_relaxed(&results->tail, n);
	atom32_store_relaxed(&results->head, n);
	writer = (struct results_writer){ .results = results,
					  .cells = cells,
					  .mask = CAP - 1,
					  .tail = n };
	reader = (struct results_reader){ .results = results,
					  .cells = cells,
					  .mask = CAP - 1,
					  .head = n };
}

static void open_results(void)
{
	results = calloc(1, sizeof(*results));
	cells = calloc(CAP, sizeof(*cells));
	open_at(0);
}

static void close_results(void)
{
	free(results);
	free(cells);
}

TestSuite(results, .init = open_results, .fini = close_results);

static void push(uint32_t position)
{
	struct record r = { .position = position, .outcome = 1 };

	cr_assert(results_has_room(&writer));
	results_push_sp(&writer, &r);
}

static uint32_t waiting(void)
{
	bool damaged = false;
	uint32_t n = results_waiting(&reader, &damaged);

	cr_assert_not(damaged);
	return n;
}

static uint32_t pop(void)
{
	struct record r;

	cr_assert(results_pop_sc(&reader, &r), "its checksum fits");
	return r.position;
}

Test(results, of_zero_bytes_are_none)
{
	cr_expect_eq(waiting(), 0);
	cr_expect(results_has_room(&writer));
}

Test(results, come_in_order_and_whole)
{
	struct record in;
	struct record out;
	size_t i;

	for (i = 0; i < sizeof(in); i++)
		((unsigned char *)&in)[i] = (unsigned char)i;
	cr_assert(results_has_room(&writer));
	results_push_sp(&writer, &in);
	push(77);
	cr_expect_eq(waiting(), 2);
	cr_assert(results_pop_sc(&reader, &out));
	cr_expect_arr_eq(&out, &in, sizeof(in));
	cr_expect_eq(pop(), 77);
}

static void fill_and_drain(void)
{
	uint32_t i;

	for (i = 0; i < CAP; i++)
		push(i);
	cr_expect_not(results_has_room(&writer), "full");
	cr_expect_eq(waiting(), CAP);
	for (i = 0; i < CAP; i++)
		cr_expect_eq(pop(), i);
	cr_expect_not(results_has_room(&writer), "popped, not given back");
	results_release(&reader);
	cr_expect(results_has_room(&writer));
}

Test(results, fill_up_and_make_room)
{
	fill_and_drain();
	fill_and_drain();
}

Test(results, work_across_the_wrap_of_their_indices)
{
	open_at(UINT32_MAX - 3);
	fill_and_drain();
	fill_and_drain();
}

/* Room is a lower bound: what came free meanwhile is found when it is used
 * up, so the head is rarely looked at. */
Test(results, find_room_again_when_the_last_look_is_used_up)
{
	uint32_t i;

	for (i = 0; i < CAP; i++)
		push(i);
	for (i = 0; i < 3; i++)
		pop();
	results_release(&reader);
	for (i = 0; i < 3; i++)
		push(100 + i);
	cr_expect_not(results_has_room(&writer));
	cr_expect_eq(waiting(), CAP);
}

/* LF-6: a tail that cannot be true; the reader stays where it is. */
Test(results, with_an_impossible_tail_are_damaged)
{
	static const uint32_t tails[] = { CAP + 1, UINT32_MAX, 0x80000000u };
	size_t i;

	for (i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		bool damaged = false;

		atom32_store_relaxed(&results->tail, tails[i]);
		cr_expect_eq(results_waiting(&reader, &damaged), 0);
		cr_expect(damaged, "tail %u", tails[i]);
		cr_expect_eq(reader.head, 0);
	}
}

/* LF-6: a head that cannot be true must not let records be overwritten. */
Test(results, with_an_impossible_head_have_no_room)
{
	push(0);
	writer.room = 0;
	atom32_store_relaxed(&results->head, 5);
	cr_expect_not(results_has_room(&writer));
}

/* Each single bit counts (LF-14). */
Test(results, do_not_pass_with_any_bit_flipped)
{
	uint32_t bit;

	for (bit = 0; bit < sizeof(struct record) * 8; bit++) {
		struct record out;

		open_at(0);
		push(42);
		((unsigned char *)cells)[bit / 8] ^= (unsigned char)(1u << bit % 8);
		cr_expect_not(results_pop_sc(&reader, &out), "bit %u", bit);
	}
}

/* A cell that was never written. */
Test(results, do_not_pass_when_all_zero)
{
	struct record out;

	atom32_store_relaxed(&results->tail, 1);
	cr_expect_not(results_pop_sc(&reader, &out));
}

/* A worker that dies before the tail moves has published nothing. */
Test(results, that_are_written_but_not_published_do_not_exist)
{
	cells[0].position = 9;
	cells[0].check = record_checksum(&cells[0]);
	cr_expect_eq(waiting(), 0);
}
