/* SPDX-License-Identifier: MIT */
/* DEQ-1 to DEQ-4: a slot's preferred positions, one word. */
#include "lockfree/deque.h"

#include <criterion/criterion.h>

static struct deque deque;

static struct range install(uint32_t lo, uint32_t hi)
{
	struct range r = { .lo = lo, .hi = hi };

	deque_install(&deque, r);
	return r;
}

static void expect_left(uint32_t lo, uint32_t hi)
{
	struct range r = deque_peek(&deque);

	cr_expect_eq(r.lo, lo, "lo is %u", r.lo);
	cr_expect_eq(r.hi, hi, "hi is %u", r.hi);
}

Test(deque, of_zero_bytes_is_empty)
{
	cr_expect(range_is_empty(deque_peek(&deque)));
}

Test(deque, shows_what_was_installed)
{
	install(5, 9);
	expect_left(5, 9);
}

/* DEQ-2: the owner takes from the front, one at a time. */
Test(deque, is_taken_from_the_front_one_by_one)
{
	uint32_t i;

	install(5, 9);
	for (i = 5; i < 9; i++) {
		struct range seen = deque_peek(&deque);

		cr_assert_eq(seen.lo, i);
		cr_expect(deque_try_take(&deque, seen));
	}
	cr_expect(range_is_empty(deque_peek(&deque)));
}

/* DEQ-2: half from the back, rounded up; order is kept. */
Test(deque, loses_the_back_half_rounded_up)
{
	static const struct {
		uint32_t len, stolen;
	} cases[] = { { 1, 1 }, { 2, 1 }, { 3, 2 }, { 4, 2 }, { 9, 5 },
		      { 1000000001, 500000001 } };
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct range seen = install(100, 100 + cases[i].len);
		struct range got = { 0 };

		cr_assert(deque_try_steal(&deque, seen, &got));
		cr_expect_eq(range_len(got), cases[i].stolen, "of %u: %u",
			     cases[i].len, range_len(got));
		cr_expect_eq(got.hi, seen.hi, "from the back");
		expect_left(100, got.lo);
	}
}

Test(deque, that_is_empty_cannot_be_robbed)
{
	struct range got;

	cr_expect_not(deque_try_steal(&deque, install(4, 4), &got));
	cr_expect_not(deque_try_steal(&deque, install(9, 4), &got));
}

/* take / steal: one wins, and nothing is given twice. */
Test(deque, refuses_a_steal_after_a_take)
{
	struct range seen = install(0, 10), got;

	cr_assert(deque_try_take(&deque, seen));
	cr_expect_not(deque_try_steal(&deque, seen, &got));
	expect_left(1, 10);
}

Test(deque, refuses_a_take_after_a_steal)
{
	struct range seen = install(0, 10), got;

	cr_assert(deque_try_steal(&deque, seen, &got));
	cr_expect_not(deque_try_take(&deque, seen));
	expect_left(0, 5);
}

Test(deque, refuses_the_second_of_two_thieves)
{
	struct range seen = install(0, 10), a, b;

	cr_assert(deque_try_steal(&deque, seen, &a));
	cr_expect_not(deque_try_steal(&deque, seen, &b));
}

/* The last one, by the owner and by a thief. */
Test(deque, gives_its_last_position_once)
{
	struct range seen = install(3, 4), got;

	cr_assert(deque_try_take(&deque, seen));
	cr_expect_not(deque_try_steal(&deque, seen, &got));
	cr_expect(range_is_empty(deque_peek(&deque)));
	seen = install(3, 4);
	cr_assert(deque_try_steal(&deque, seen, &got));
	cr_expect_not(deque_try_take(&deque, seen));
	cr_expect(range_is_empty(deque_peek(&deque)));
}
