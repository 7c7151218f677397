/* SPDX-License-Identifier: MIT */
/* One word for a half-open range: what a ring cell holds and a deque is. */
#include "lockfree/range.h"

#include <criterion/criterion.h>

Test(range, survives_packing)
{
	static const struct range ranges[] = {
		{ 0, 0 },	  { 0, 1 },
		{ 7, 4096 },	  { UINT32_MAX - 1, UINT32_MAX },
		{ UINT32_MAX, 0 }, { 0x12345678, 0x9abcdef0 },
	};
	size_t i;

	for (i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		struct range r = range_unpack(range_pack(ranges[i]));

		cr_expect_eq(r.lo, ranges[i].lo);
		cr_expect_eq(r.hi, ranges[i].hi);
	}
}

/* Part of the arena's layout: lo in the low half. */
Test(range, has_its_low_end_in_the_low_half)
{
	cr_expect_eq(range_pack((struct range){ .lo = 1, .hi = 2 }),
		     UINT64_C(0x200000001));
}

/* A fresh arena is all zero. */
Test(range, of_a_zero_word_is_empty)
{
	cr_expect(range_is_empty(range_unpack(0)));
}

Test(range, knows_its_length)
{
	cr_expect_eq(range_len((struct range){ 3, 3 }), 0);
	cr_expect_eq(range_len((struct range){ 3, 4 }), 1);
	cr_expect_eq(range_len((struct range){ 0, 0x7fffffff }), 0x7fffffff);
}

/* LF-6: a scribbled word may be upside down. */
Test(range, that_is_upside_down_is_empty)
{
	struct range r = { .lo = 9, .hi = 2 };

	cr_expect(range_is_empty(r));
	cr_expect_eq(range_len(r), 0);
}

/* SHM-2: the bit says who may take it, not which positions it is. */
Test(range, is_as_long_bound_as_free)
{
	struct range r = range_bind(3, 7);

	cr_expect(range_is_bound(r));
	cr_expect_eq(range_len(r), 4);
	cr_expect_not(range_is_bound(range_free(r)));
	cr_expect_eq(range_free(r).hi, 7);
	cr_expect(range_is_empty(range_bind(7, 7)));
	cr_expect(range_is_bound(range_unpack(range_pack(r))), "in a word");
}
