/* SPDX-License-Identifier: MIT */
/* LF-7, LF-13: what a worker does, in one word. */
#include "lockfree/slot.h"

#include <criterion/criterion.h>

static const struct current_word run = { .position = 0x89abcdef,
					 .phase = PHASE_RUN,
					 .seq = 0x123456 };

Test(slot, of_a_fresh_arena_is_idle)
{
	cr_expect_eq(current_unpack(0).phase, PHASE_IDLE);
}

Test(slot, keeps_all_fields_apart)
{
	struct current_word c = { .position = UINT32_MAX,
				  .phase = PHASE_FIN,
				  .outcome = 8,
				  .seq = 0xabcdef };
	struct current_word back = current_unpack(current_pack(c));

	cr_expect_eq(back.position, c.position);
	cr_expect_eq(back.phase, c.phase);
	cr_expect_eq(back.outcome, c.outcome);
	cr_expect_eq(back.seq, c.seq);
}

Test(slot, has_the_layout_that_is_drawn)
{
	cr_expect_eq(current_pack((struct current_word){ .phase = 3 }),
		     UINT64_C(0x300000000));
	cr_expect_eq(current_pack((struct current_word){ .outcome = 1 }),
		     UINT64_C(0x1000000000));
	cr_expect_eq(current_pack((struct current_word){ .seq = 1 }),
		     UINT64_C(0x10000000000));
}

/* A worker counts on without end; the word holds 24 bits of it. */
Test(slot, takes_a_count_that_is_longer_than_its_field)
{
	struct current_word c = run;

	c.seq = 0x5123456;
	cr_expect_eq(current_pack(c), current_pack(run));
}

Test(slot, ends_a_run_with_its_outcome)
{
	struct atom64 current;
	struct current_word c;

	current_store(&current, run);
	cr_assert(current_try_end(&current, run, PHASE_FIN, 2));
	c = current_load(&current);
	cr_expect_eq(c.phase, PHASE_FIN);
	cr_expect_eq(c.outcome, 2);
	cr_expect_eq(c.position, run.position);
	cr_expect_eq(c.seq, run.seq);
}

/* LF-13: ended in time, or run out of time; never both. */
Test(slot, lets_one_of_end_and_timeout_win)
{
	struct atom64 current;

	current_store(&current, run);
	cr_expect(current_try_end(&current, run, PHASE_KILL, 0));
	cr_expect_not(current_try_end(&current, run, PHASE_FIN, 1));
	cr_expect_eq(current_load(&current).phase, PHASE_KILL);
	current_store(&current, run);
	cr_expect(current_try_end(&current, run, PHASE_FIN, 1));
	cr_expect_not(current_try_end(&current, run, PHASE_KILL, 0));
	cr_expect_eq(current_load(&current).phase, PHASE_FIN);
}

/* Another run of the same position is another run. */
Test(slot, does_not_end_a_later_run_of_the_same_position)
{
	struct current_word later = run;
	struct atom64 current;

	later.seq++;
	current_store(&current, later);
	cr_expect_not(current_try_end(&current, run, PHASE_KILL, 0));
	cr_expect_eq(current_load(&current).phase, PHASE_RUN);
}
