/* SPDX-License-Identifier: MIT */
/* LF-1, LF-12: who runs a position, in one word. */
#include "lockfree/state.h"

#include <criterion/criterion.h>

static const struct state_word pending;

Test(state, of_a_fresh_arena_is_pending_at_its_first_attempt)
{
	struct state_word w = state_unpack(0);

	cr_expect_eq(w.state, STATE_PENDING);
	cr_expect_eq(w.attempt, 0);
	cr_expect_eq(state_pack(pending), 0);
}

Test(state, keeps_all_fields_apart)
{
	struct state_word w = { .state = STATE_DONE,
				.outcome = 15,
				.slot = 0xfffe,
				.attempt = 0xfd,
				.generation = 0xfffc };
	struct state_word back = state_unpack(state_pack(w));

	cr_expect_eq(back.state, w.state);
	cr_expect_eq(back.outcome, w.outcome);
	cr_expect_eq(back.slot, w.slot);
	cr_expect_eq(back.attempt, w.attempt);
	cr_expect_eq(back.generation, w.generation);
}

/* The drawing in the header is the layout. */
Test(state, has_the_layout_that_is_drawn)
{
	cr_expect_eq(state_pack((struct state_word){ .state = 2 }), 0x2);
	cr_expect_eq(state_pack((struct state_word){ .outcome = 3 }), 0x30);
	cr_expect_eq(state_pack((struct state_word){ .slot = 1 }), 0x100);
	cr_expect_eq(state_pack((struct state_word){ .attempt = 1 }),
		     0x1000000);
	cr_expect_eq(state_pack((struct state_word){ .generation = 1 }),
		     UINT64_C(0x100000000));
}

/* What is left over must be zero, so a scribbled word shows. */
Test(state, with_spare_bits_set_does_not_come_back)
{
	uint64_t raw = UINT64_C(1) << 50;

	cr_expect_neq(state_pack(state_unpack(raw)), raw);
}

Test(state, is_claimed_for_a_slot_and_a_generation)
{
	struct state_word w = { .state = STATE_PENDING, .attempt = 2 };
	struct atom64 word = { 0 };
	uint32_t attempt = 99;

	atom64_store_relaxed(&word, state_pack(w));
	cr_assert(state_try_claim(&word, 7, 300, &attempt));
	w = state_unpack(state_load(&word));
	cr_expect_eq(attempt, 2);
	cr_expect_eq(w.state, STATE_CLAIMED);
	cr_expect_eq(w.slot, 7);
	cr_expect_eq(w.generation, 300);
	cr_expect_eq(w.attempt, 2);
}

/* LF-1: one claim. */
Test(state, is_claimed_once)
{
	struct atom64 word = { 0 };
	uint32_t attempt;

	cr_assert(state_try_claim(&word, 1, 0, &attempt));
	cr_expect_not(state_try_claim(&word, 2, 0, &attempt));
	cr_expect_eq(state_unpack(state_load(&word)).slot, 1);
}

Test(state, that_is_done_or_garbage_is_not_claimed)
{
	struct atom64 word = { 0 };
	uint32_t attempt = 99, i;

	for (i = STATE_DONE; i < 16; i++) {
		atom64_store_relaxed(&word, i);
		cr_expect_not(state_try_claim(&word, 1, 0, &attempt));
		cr_expect_eq(state_load(&word), i);
	}
	cr_expect_eq(attempt, 99, "written on success only");
}

/* The runner moves from exactly what it saw. */
Test(state, moves_only_from_what_was_expected)
{
	struct state_word claimed = { .state = STATE_CLAIMED,
				      .slot = 3,
				      .generation = 8 };
	struct state_word done = { .state = STATE_DONE, .outcome = 1 };
	struct state_word other = claimed;
	struct atom64 word = { 0 };

	atom64_store_relaxed(&word, state_pack(claimed));
	other.generation = 7;
	cr_expect_not(state_try_move(&word, other, done));
	other = claimed;
	other.slot = 4;
	cr_expect_not(state_try_move(&word, other, done));
	other = claimed;
	other.attempt = 1;
	cr_expect_not(state_try_move(&word, other, done));
	cr_expect_not(state_try_move(&word, pending, done));
	cr_expect(state_try_move(&word, claimed, done));
	cr_expect_not(state_try_move(&word, claimed, done), "only once");
	cr_expect_eq(state_load(&word), state_pack(done));
}
