/* SPDX-License-Identifier: MIT */
/* By frame pointers, where there is no elfutils. */
#include "unwind/walk.h"

#include <criterion/criterion.h>
#include <string.h>

#if defined(__aarch64__)
#define FP 29
#else
#define FP 6
#endif

static char maps[] =
	"1000-2000 r--p 00000000 08:01 42 /lib/t.so\n"
	"2000-3000 r-xp 00001000 08:01 42 /lib/t.so\n"
	"8000-9000 r-xp 00000000 08:01 43 /bin/with space\n";

/* Two frames and an end: each its caller's pointer and where it returns to. */
static uint64_t stack[] = { 0, 0x7020, 0x2101, 0, 0x7040, 0x8011, 0, 0, 0 };

static struct walk walk;
static struct frames frames;

static void make_wreck(void)
{
	walk = (struct walk){ .stack = (unsigned char *)stack, .maps = maps };
	walk.head.stack = 0x7000;
	walk.head.stack_len = sizeof(stack);
	walk.head.pc = 0x2010;
	walk.head.regs[FP] = 0x7008;
	memset(&frames, 0, sizeof(frames));
}

TestSuite(walk, .init = make_wreck);

Test(walk, follows_frame_pointers_to_their_end)
{
	walk_pointers(&walk, &frames);
	cr_assert_eq(frames.n, 3);
	cr_assert_str_eq(frames.items[0].object, "/lib/t.so");
	cr_assert_eq(frames.items[0].offset, 0x1010);
	cr_assert_eq(frames.items[1].offset, 0x1100, "the call, not behind it");
	cr_assert_str_eq(frames.items[2].object, "/bin/with space");
	cr_assert_eq(frames.items[2].offset, 0x10);
	cr_assert_not(frames.cut);
}

Test(walk, a_call_of_nothing_was_made_where_it_returns_to)
{
	walk.head.pc = 0;
	stack[0] = 0x2201;
	walk.head.regs[FP] = 0;
	walk_pointers(&walk, &frames);
	stack[0] = 0;
	cr_assert_eq(frames.n, 1);
	cr_assert_eq(frames.items[0].offset, 0x1200);
}

Test(walk, a_chain_that_bites_its_tail_ends)
{
	stack[1] = 0x7008;
	walk_pointers(&walk, &frames);
	stack[1] = 0x7020;
	cr_assert_eq(frames.n, 2);
}

Test(walk, what_cannot_run_is_no_frame)
{
	stack[2] = 0x1001; /* mapped, for reading */
	walk_pointers(&walk, &frames);
	stack[2] = 0x2101;
	cr_assert_eq(frames.n, 1);
}

Test(walk, reads_whole_words_of_the_stack_only)
{
	uint64_t word = 0;

	cr_assert(walk_read(&walk, 0x7008, &word));
	cr_assert_eq(word, 0x7020);
	cr_assert_not(walk_read(&walk, 0x6fff, &word));
	cr_assert_not(walk_read(&walk, 0x7000 + sizeof(stack) - 7, &word));
	cr_assert_not(walk_read(&walk, UINT64_MAX - 3, &word));
	walk.head.stack_len = 7;
	cr_assert_not(walk_read(&walk, 0x7000, &word));
}
