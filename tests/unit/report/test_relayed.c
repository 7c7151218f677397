/* SPDX-License-Identifier: MIT */
/* Output of tests as it comes (SIG-15, OUT-1): whole lines, whose they are. */
#include "report/relayed.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct relayed r;
static struct str out;

static void open_relayed(void)
{
	r = (struct relayed){ .how = RELAY_LINES };
}

static void close_relayed(void)
{
	relayed_fini(&r);
	str_fini(&out);
}

TestSuite(relayed, .init = open_relayed, .fini = close_relayed);

static void print(uint16_t slot, const char *text)
{
	struct event_relayed ev = { .slot = slot,
				    .text = text,
				    .len = strlen(text) };

	relayed_add(&r, &out, &ev, slot ? "S::b" : "S::a", false);
}

static void end(uint16_t slot)
{
	struct event_relayed ev = { .slot = slot, .ends = true };

	relayed_add(&r, &out, &ev, slot ? "S::b" : "S::a", false);
}

Test(relayed, lines_of_several_tests_are_whole)
{
	print(0, "on");
	print(1, "tw");
	print(0, "e\n\nthr");
	print(1, "o\n");
	cr_expect_str_eq(str_get(&out), "S::a (w0) | one\n"
					"S::a (w0) | \n"
					"S::b (w1) | two\n");
	str_clear(&out);
	end(0);
	end(1);
	cr_expect_str_eq(str_get(&out), "S::a (w0) | thr\n");
}

Test(relayed, a_line_without_an_end_is_cut)
{
	char *text = malloc(RELAYED_LINE_MAX + 2);

	memset(text, 'x', RELAYED_LINE_MAX + 1);
	text[RELAYED_LINE_MAX + 1] = '\0';
	print(0, text);
	cr_expect_eq(out.len, strlen("S::a (w0) | ") + RELAYED_LINE_MAX + 1);
	str_clear(&out);
	end(0);
	cr_expect_str_eq(str_get(&out), "S::a (w0) | x\n");
	free(text);
}

Test(relayed, control_characters_are_shown)
{
	print(0, "\033[2J\n");
	cr_expect_str_eq(str_get(&out), "S::a (w0) | \\x1B[2J\n");
}

/* What is not shown is told with the next text, or with the end. */
Test(relayed, what_nobody_reads_is_counted)
{
	struct event_relayed ev = { .text = "lost", .len = 4, .skipped = 3 };

	print(0, "one");
	relayed_add(&r, &out, &ev, "S::a", true);
	cr_expect_eq(out.len, 0);
	print(0, "two\n");
	cr_expect_str_eq(str_get(&out), "S::a (w0) | one\n"
					"S::a (w0) | ... 7 bytes not shown ...\n"
					"S::a (w0) | two\n");
	str_clear(&out);
	relayed_add(&r, &out, &ev, "S::a", true);
	ev = (struct event_relayed){ .ends = true };
	relayed_add(&r, &out, &ev, "S::a", true);
	cr_expect_str_eq(str_get(&out),
			 "S::a (w0) | ... 7 bytes not shown ...\n");
}

Test(relayed, raw_bytes_are_as_they_are)
{
	r.how = RELAY_RAW;
	print(0, "\033[1mone");
	cr_expect_str_eq(str_get(&out), "\033[1mone");
	relayed_break(&r, &out);
	relayed_break(&r, &out);
	print(0, "two");
	end(0);
	end(0);
	cr_expect_str_eq(str_get(&out), "\033[1mone\ntwo\n");
}
