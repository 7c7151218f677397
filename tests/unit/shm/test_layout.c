/* SPDX-License-Identifier: MIT */
/* The shared structs: what every process believes about their shape. */
#include "shm/layout.h"

#include <criterion/criterion.h>

/* What different processes write is never on one line (or the next). */
Test(layout, keeps_writers_apart)
{
	cr_expect_geq(offsetof(struct slot, results), ATOM_APART);
	cr_expect_eq(sizeof(struct slot_deque), ATOM_APART);
	cr_expect_geq(offsetof(struct results, head), ATOM_APART);
	cr_expect_geq(offsetof(struct ring, tail), ATOM_APART);
	cr_expect_geq(offsetof(struct ring, cells),
		      offsetof(struct ring, tail) + ATOM_APART);
	cr_expect_eq(sizeof(struct fixture_control), ATOM_APART);
	cr_expect_eq(sizeof(struct slot), SHM_PAGE);
}

Test(layout, of_a_fixture_word_keeps_all_fields_apart)
{
	struct fixture_word w = { .state = FIXTURE_FAILED,
				  .tries = 9,
				  .slot = 0xfedc,
				  .generation = 0xba98 };
	struct fixture_word back = fixture_unpack(fixture_pack(w));

	cr_expect_eq(back.state, w.state);
	cr_expect_eq(back.tries, w.tries);
	cr_expect_eq(back.slot, w.slot);
	cr_expect_eq(back.generation, w.generation);
}

Test(layout, of_a_zero_fixture_word_is_not_set_up)
{
	cr_expect_eq(fixture_unpack(0).state, FIXTURE_NONE);
	cr_expect_eq(fixture_unpack(0).tries, 0);
}

Test(layout, of_a_fixture_word_is_as_drawn)
{
	cr_expect_eq(fixture_pack((struct fixture_word){ .tries = 1 }), 0x10);
	cr_expect_eq(fixture_pack((struct fixture_word){ .slot = 1 }), 0x100);
	cr_expect_eq(fixture_pack((struct fixture_word){ .generation = 1 }),
		     0x1000000);
}
