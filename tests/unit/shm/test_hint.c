/* SPDX-License-Identifier: MIT */
/* Messages between runner and plug-in host: PLUG-2. */
#include "shm/hint.h"

#include "base/mem.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct hint_msg msg;

static bool is_good(uint32_t kind, uint32_t n, size_t len, bool from_host)
{
	msg.head = (struct hint_head){ .kind = kind, .n = n };
	return hint_check(&msg, len, from_host);
}

Test(hint, has_the_length_that_its_head_says)
{
	size_t head = sizeof(msg.head);

	cr_expect(is_good(HINT_PUSH, 3, head + 12, true));
	cr_expect_not(is_good(HINT_PUSH, 3, head + 8, true));
	cr_expect_not(is_good(HINT_PUSH, 3, head + 13, true));
	cr_expect(is_good(HINT_PUSH, HINT_TESTS_MAX,
			  head + 4 * HINT_TESTS_MAX, true));
	cr_expect_not(is_good(HINT_PUSH, HINT_TESTS_MAX + 1,
			      head + 4 * (HINT_TESTS_MAX + 1), true));
	cr_expect_not(is_good(HINT_PUSH, 0x40000000, head, true));
	cr_expect(is_good(HINT_SEEN, 0, head, true));
	cr_expect_not(is_good(HINT_SEEN, 0, head + 1, true));
	cr_expect_not(is_good(HINT_SEEN, 0, head - 1, true));
	cr_expect(is_good(HINT_EVENTS, 2, head + 112, false));
	cr_expect_not(is_good(HINT_EVENTS, HINT_EVENTS_MAX + 1,
			      head + 56 * (HINT_EVENTS_MAX + 1), false));
}

Test(hint, comes_from_one_side_only)
{
	uint32_t kind;

	for (kind = 0; kind < N_HINTS + 2; kind++) {
		bool there = is_good(kind, 0, sizeof(msg.head), true);
		bool here = is_good(kind, 0, sizeof(msg.head), false);

		cr_expect_neq(there && here, true, "kind %u", kind);
		cr_expect_eq(there || here, kind > 0 && kind < N_HINTS,
			     "kind %u", kind);
	}
}

Test(hint, has_a_text_that_ends)
{
	size_t head = sizeof(msg.head);

	memset(msg.text, 'x', sizeof(msg.text));
	cr_expect(is_good(HINT_OPENED, 0, head + 5, true));
	cr_expect_str_eq(msg.text, "xxxxx");
	cr_expect_not(is_good(HINT_OPENED, 0, head + HINT_TEXT_CAP, true));
	cr_expect_not(is_good(HINT_OPENED, 0, head + 6, true), "a NUL in it");
}

Test(hint, travels_with_at_most_one_descriptor)
{
	struct hint_head head = { .kind = HINT_LOADED, .flags = 3 };
	int ends[2], fd = -2;

	cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	cr_expect_eq(hint_send_text(ends[0], &head, "name", ends[0]), 0);
	cr_expect_eq(hint_recv(ends[1], &msg, true, &fd), 1);
	cr_expect_str_eq(msg.text, "name");
	cr_expect_eq(msg.head.flags, 3);
	cr_expect_geq(fd, 0);
	close(fd);
	cr_expect_eq(hint_send_text(ends[0], &head, NULL, ends[0]), 0);
	cr_expect_eq(hint_recv(ends[1], &msg, true, NULL), 1);
	cr_expect_eq(hint_send_head(ends[0], &head), 0);
	cr_expect_eq(hint_recv(ends[1], &msg, false, NULL), -EPROTO);
	close(ends[0]);
	cr_expect_eq(hint_recv(ends[1], &msg, true, NULL), 0);
	close(ends[1]);
}
