/* SPDX-License-Identifier: MIT */
/* Timings as text, and how two become one (FILE-4). */
#include "record/history_text.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define LINE(name, est, runs, flags)                                          \
	"s.so x86_64 test " name " " est " 5 " runs                           \
	" pass 2026-02-28 2024-02-29 0 0000002a " flags " 2048\n"
/* Of version 1, which knew no peaks of memory. */
#define LINE_1(name) "s.so x86_64 test " name " 7 5 1 pass - - 0 0000002a -"
#define HEAD "# shmrun timings 2\n"

static struct library library;

static void close_library(void)
{
	library_fini(&library);
}

TestSuite(history_text, .fini = close_library);

static int parse(const char *text)
{
	struct err err = { 0 };

	return history_text_parse(&library, text, strlen(text), &err);
}

static void expect(const char *text)
{
	struct str got = STR_INIT;

	history_text_make(&got, &library);
	cr_expect_str_eq(str_get(&got), text);
	str_fini(&got);
}

Test(history_text, comes_out_sorted)
{
	cr_assert_eq(parse("\n# a remark\n" LINE("b::r[10]", "7", "1", "i")
			   LINE("b::r[9]", "7", "1", "ti")
			   LINE("a::b", "7", "1", "c")), 0);
	expect(HEAD LINE("a::b", "7", "1", "c") LINE("b::r[9]", "7", "1", "ti")
	       LINE("b::r[10]", "7", "1", "i"));
}

/* What an older shmrun has exported counts on. */
Test(history_text, a_line_of_version_1_has_no_peak)
{
	cr_assert_eq(parse("# shmrun timings 1\n" LINE_1("a") "\n"
			   LINE_1("b")), 0);
	expect(HEAD LINE_1("a") " 0\n" LINE_1("b") " 0\n");
}

/* JOBS-4: of two runs' timings, the larger one. */
Test(history_text, the_larger_peak_stays)
{
	cr_assert_eq(parse(LINE_1("a") " 700\n"), 0);
	cr_assert_eq(parse("s.so x86_64 test a 7 5 9 pass - - 0 0000002a - "
			   "600\n"), 0);
	cr_expect_eq(library.books[0].rows[0].peak_kib, 700);
	cr_expect_eq(library.books[0].rows[0].runs, 9);
	cr_assert_eq(parse(LINE_1("a") " 800\n"), 0);
	cr_expect_eq(library.books[0].rows[0].peak_kib, 800);
	cr_expect_eq(library.books[0].rows[0].runs, 9);
}

Test(history_text, odd_bytes_survive)
{
	cr_assert_eq(parse(LINE("%23a%20%25b%0A", "7", "1", "-")), 0);
	cr_expect_str_eq(book_name(&library.books[0],
				   &library.books[0].rows[0]), "#a %b\n");
	expect(HEAD LINE("%23a%20%25b%0A", "7", "1", "-"));
}

/* More runs, then the later one, then the longer one: in any order. */
Test(history_text, the_row_from_more_runs_stays)
{
	static const char *const lines[] = { LINE("a", "9", "2", "-"),
					     LINE("a", "5", "3", "-"),
					     LINE("a", "7", "3", "-") };
	size_t i, j;

	for (i = 0; i < 3; i++) {
		for (j = 0; j < 4; j++)
			cr_assert_eq(parse(lines[(i + j) % 3]), 0);
		expect(HEAD LINE("a", "7", "3", "-"));
		library_fini(&library);
	}
}

Test(history_text, of_equals_the_row_that_was_seen_last_stays)
{
	const char *const new = "s.so x86_64 test a 3 5 2 fail 2026-03-01 "
				"2024-02-29 0 0000002a - 9\n";
	const char *const old = LINE("a", "9", "2", "-");

	cr_assert_eq(parse(new), 0);
	cr_assert_eq(parse(old), 0);
	cr_expect_eq(library.books[0].rows[0].est_ns, 3);
	library_fini(&library);
	cr_assert_eq(parse(old), 0);
	cr_assert_eq(parse(new), 0);
	cr_expect_eq(library.books[0].rows[0].est_ns, 3);
}

Test(history_text, days_are_those_of_the_calendar)
{
	static const struct { uint16_t day; const char *text; } days[] = {
		{ 0, "-" }, { 1, "1970-01-02" }, { 59, "1970-03-01" },
		{ 11016, "2000-02-29" }, { 11017, "2000-03-01" },
		{ 20779, "2026-11-22" }, { 65535, "2149-06-06" },
	};
	struct str s = STR_INIT;
	size_t i;

	for (i = 0; i < array_size(days); i++) {
		str_clear(&s);
		history_text_day(&s, days[i].day);
		cr_expect_str_eq(str_get(&s), days[i].text);
	}
	str_fini(&s);
}

/* Nothing of a bad text is taken, and the line is named. */
Test(history_text, what_is_no_timing_is_refused)
{
	static const char *const bad[] = {
		"s.so x86_64 test a 7 5 1 pass\n",
		LINE("a", "-7", "1", "-"),
		LINE("a", "7", "4294967296", "-"),
		LINE("a", "1000000000000000001", "1", "-"),
		LINE("a", "7", "1", "x"),
		LINE_1("a") " \n",
		LINE_1("a") " -1\n",
		LINE_1("a") " 4294967296\n",
		LINE_1("a") " 7 7\n",
		LINE("a%0", "7", "1", "-"),
		LINE("a%00", "7", "1", "-"),
		LINE("a", "7", "1", "i"),
		LINE("a[x]", "7", "1", "i"),
		"s.so x86_64 thing a 7 5 1 pass - - 0 0000002a -\n",
		"s.so x86_64 test a 7 5 1 fine - - 0 0000002a -\n",
		"s.so x86_64 test a 7 5 1 pass 2026-13-01 - 0 0000002a -\n",
		"s.so x86_64 test  7 5 1 pass - - 0 0000002a -\n",
	};
	char text[256];
	struct err err;
	size_t i;

	for (i = 0; i < array_size(bad); i++) {
		snprintf(text, sizeof(text), "%s%s", LINE("ok", "1", "1", "-"),
			 bad[i]);
		err = (struct err){ 0 };
		cr_expect_lt(history_text_parse(&library, text, strlen(text),
						&err), 0, "%s", bad[i]);
		cr_expect_not_null(strstr(err.text, "line 2"), "%s", err.text);
		cr_expect_eq(library.n, 0);
	}
}
