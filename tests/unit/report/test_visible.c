/* SPDX-License-Identifier: MIT */
/* Whatever a test writes, a terminal is never scribbled on (OUT-4, OUT-8). */
#include "report/visible.h"

#include <criterion/criterion.h>
#include <string.h>

static void shown_as(const char *text, const char *expected)
{
	struct str out = STR_INIT;

	visible_add(&out, text);
	cr_expect_str_eq(str_get(&out), expected);
	str_fini(&out);
}

Test(visible, controls_are_escaped)
{
	shown_as("a\033[31mb", "a\\x1B[31mb");
	shown_as("\r\n\t\b\x7f", "\\x0D\\x0A\\x09\\x08\\x7F");
	shown_as("\xc2\x9b""2J", "\\u{9B}2J"); /* C1: also starts a sequence */
	shown_as("\xe2\x80\xae", "\\u{202E}");
	shown_as("\xe2\x80\xa8", "\\u{2028}");
}

Test(visible, utf8_stays_and_other_bytes_are_escaped)
{
	shown_as("n\xc3\xa4me \xe5\x90\x8d", "n\xc3\xa4me \xe5\x90\x8d");
	shown_as("\xe4 \xff\xc0\xaf", "\\xE4 \\xFF\\xC0\\xAF");
	shown_as("\xe5\x90", "\\xE5\\x90");
}

static bool is_harmless(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (((unsigned char)text[i] < 0x20 && text[i] != '\n' &&
		     text[i] != '\t') ||
		    text[i] == 0x7f)
			return false;
	return true;
}

Test(visible, no_byte_gets_through_unseen)
{
	struct str out = STR_INIT;
	char bytes[256];
	int i;

	for (i = 0; i < 256; i++)
		bytes[i] = (char)i;
	visible_add_lines(&out, "", bytes, sizeof(bytes));
	cr_expect(is_harmless(out.text, out.len));
	cr_expect_not_null(strstr(out.text, "\\x00\\x01"));
	cr_expect_not_null(strstr(out.text, "\\xFE\\xFF"));
	str_fini(&out);
}

static void lines_are(const char *bytes, size_t len, const char *expected)
{
	struct str out = STR_INIT;

	visible_add_lines(&out, "> ", bytes, len);
	cr_expect_str_eq(str_get(&out), expected);
	str_fini(&out);
}

Test(visible, lines_are_indented_and_end)
{
	lines_are("", 0, "");
	lines_are("a", 1, "> a\n");
	lines_are("a\n", 2, "> a\n");
	lines_are("a\n\n\tb\r\n", 7, "> a\n\n> \tb\\x0D\n");
	lines_are("a\0b", 3, "> a\\x00b\n");
}

static void clipped_to(const char *text, size_t columns, const char *expected,
		       size_t used)
{
	struct str out = STR_INIT;

	str_add(&out, "|");
	cr_expect_eq(visible_add_clipped(&out, text, columns), used,
		     "%s in %zu", text, columns);
	cr_expect_str_eq(str_get(&out) + 1, expected);
	str_fini(&out);
}

Test(visible, clipping_counts_columns)
{
	clipped_to("abcdef", 6, "abcdef", 6);
	clipped_to("abcdef", 5, "ab...", 5);
	clipped_to("abcdef", 3, "...", 3);
	clipped_to("abcdef", 2, "..", 2);
	clipped_to("abcdef", 0, "", 0);
	/* wide: five columns hold one character and the dots */
	clipped_to("\xe5\x90\x8d\xe5\x90\x8d\xe5\x90\x8d", 5,
		   "\xe5\x90\x8d...", 5);
	clipped_to("\xe5\x90\x8d\xe5\x90\x8d", 4, "\xe5\x90\x8d\xe5\x90\x8d",
		   4);
	/* an escape is never cut */
	clipped_to("\033bcdef", 6, "...", 3);
	clipped_to("\033bcdef", 7, "\\x1B...", 7);
}
