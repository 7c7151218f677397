/* SPDX-License-Identifier: MIT */
/* Frames as text, without what called the test. */
#include "unwind/trim.h"

#include <criterion/criterion.h>
#include <string.h>

static struct frames frames;

static void add(const char *function, const char *object, uint64_t offset)
{
	struct frame *f = &frames.items[frames.n++];

	*f = (struct frame){ .pc = 0xbad, .offset = offset };
	strcpy(f->function, function);
	strcpy(f->object, object);
}

static void make_frames(void)
{
	frames = (struct frames){ 0 };
}

TestSuite(trim, .init = make_frames);

Test(trim, what_called_the_test_is_left_out)
{
	add("strlen", "/lib/libc.so.6", 1);
	add("explain", "/bin/shmrun", 2);
	add("body", "/x/t.so", 3);
	add("stage_call", "/bin/shmrun", 4);
	add("", "", 5);
	add("__libc_start_main", "/lib/libc.so.6", 6);
	add("_start", "/bin/shmrun", 7);
	trim_frames(&frames, "/bin/shmrun");
	cr_assert_eq(frames.n, 3);
}

Test(trim, nothing_but_ours_is_nothing)
{
	add("main", "/bin/shmrun", 1);
	trim_frames(&frames, "/bin/shmrun");
	cr_assert_eq(frames.n, 0);
}

Test(trim, each_frame_says_what_is_known)
{
	struct str out = STR_INIT;

	add("inner", "/x/t.so", 0x1f);
	strcpy(frames.items[0].file, "t.c");
	frames.items[0].line = 12;
	add("outer", "/x/t.so", 0x2f);
	add("", "/x/t.so", 0x3f);
	add("", "", 0);
	frames.cut = true;
	trim_write(&frames, &out);
	cr_assert_str_eq(str_get(&out), "inner at t.c:12 (t.so+0x1f)\n"
					"outer (t.so+0x2f)\n"
					"t.so+0x3f\n"
					"0xbad\n"
					"...");
	str_fini(&out);
}
