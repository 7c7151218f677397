/* SPDX-License-Identifier: MIT */
/* A failed check in words. */
#include "work/explain.h"

#include "suite/adapter.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static char text[EXPLAIN_CAP];

printf_like(3, 4) static const char *explain_into(size_t cap,
						  const struct shmrun_check_ *c,
						  const char *fmt, ...)
{
	va_list ap;

	memset(text, '#', sizeof(text));
	va_start(ap, fmt);
	explain_check(text, cap, c, fmt, ap);
	va_end(ap);
	return text;
}

static const char *explain(const struct shmrun_check_ *c)
{
	return explain_into(sizeof(text), c, NULL);
}

#define check(type_, op_, ...)                                                \
	(&(struct shmrun_check_){ .type = type_, .op = op_, .a_text = "left", \
				  .b_text = "right", __VA_ARGS__ })

Test(explain, shows_both_numbers)
{
	cr_expect_str_eq(explain(check(SHMRUN_INT_, "==", .a.i = -1,
				       .b.i = INT64_MIN)),
			 "left == right\n"
			 "  left = -1\n"
			 "  right = -9223372036854775808");
	cr_expect_str_eq(explain(check(SHMRUN_UINT_, "<", .a.u = 255,
				       .b.u = UINT64_MAX)),
			 "left < right\n"
			 "  left = 255 (0xff)\n"
			 "  right = 18446744073709551615 (0xffffffffffffffff)");
}

Test(explain, shows_one_operand)
{
	cr_expect_str_eq(explain(&(struct shmrun_check_){
				 .type = SHMRUN_BOOL_, .op = "is true",
				 .a_text = "is_open(f)" }),
			 "is_open(f) is true\n  is_open(f) = false");
	cr_expect_str_eq(explain(&(struct shmrun_check_){
				 .type = SHMRUN_PTR_, .op = "is not NULL",
				 .a_text = "p" }),
			 "p is not NULL\n  p = NULL");
}

Test(explain, adds_the_message)
{
	cr_expect_str_eq(explain_into(sizeof(text),
				      check(SHMRUN_INT_, "==", .a.i = 1,
					    .b.i = 2), "row %d", 7),
			 "left == right\n  left = 1\n  right = 2\n  row 7");
}

/* Enough digits to tell two doubles apart. */
Test(explain, shows_doubles_exactly)
{
	cr_expect_not_null(strstr(explain(check(SHMRUN_DOUBLE_, "==",
						.a.d = 0.1, .b.d = 0.3,
						.tolerance = 0.001)),
				  "within 0.001\n"
				  "  left = 0.10000000000000001\n"));
}

Test(explain, shows_strings_in_quotes_and_escaped)
{
	cr_expect_str_eq(explain(check(SHMRUN_STR_, "==",
				       .a.p = "a\"b\\c\nd\x01" "e\xc3\xa4",
				       .b.p = NULL)),
			 "left == right\n"
			 "  left = \"a\\\"b\\\\c\\nd\\x01e\xc3\xa4\"\n"
			 "  right = NULL");
	cr_expect_not_null(strstr(explain(check(SHMRUN_STR_, "==",
						.a.p = "")),
				  "left = \"\"\n"));
}

Test(explain, cuts_long_strings_and_says_so)
{
	char *s = malloc(100000);

	memset(s, 'x', 99999);
	s[99999] = '\0';
	explain(check(SHMRUN_STR_, "==", .a.p = s, .b.p = "y"));
	cr_expect_lt(strlen(text), 1000);
	cr_expect_not_null(strstr(text, "x\"...\n"));
	cr_expect_not_null(strstr(text, "right = \"y\""));
	free(s);
}

Test(explain, shows_memory_from_the_first_difference)
{
	unsigned char a[100] = { 0 }, b[100] = { 0 };

	a[40] = 0xab;
	a[55] = 0x01;
	a[56] = 0x77;
	cr_expect_str_eq(explain(check(SHMRUN_MEM_, "==", .a.p = a, .b.p = b,
				       .len = 100)),
			 "left == right, 100 bytes, differ at byte 40\n"
			 "  left = ab 00 00 00 00 00 00 00 00 00 00 00 00 00 "
			 "00 01\n"
			 "  right = 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
			 "00 00");
}

Test(explain, does_not_read_memory_beyond_its_end)
{
	unsigned char *a = malloc(3), *b = malloc(3);

	memcpy(a, "xyz", 3);
	memcpy(b, "xyZ", 3);
	explain(check(SHMRUN_MEM_, "==", .a.p = a, .b.p = b, .len = 3));
	cr_expect_not_null(strstr(text, "left = 7a\n"));
	explain(check(SHMRUN_MEM_, "==", .a.p = NULL, .b.p = b, .len = 3));
	cr_expect_not_null(strstr(text, "left = NULL\n"));
	free(a);
	free(b);
}

/* The last operand's text has the message behind it, as the macros pass it. */
Test(explain, leaves_the_message_out_of_an_operand)
{
	struct shmrun_check_ c = { .type = SHMRUN_INT_, .op = "==",
				   .a_text = "f(a, b)",
				   .b_text = "g(\"x,)\", ','), \"why %d\", 3" };

	cr_expect_str_eq(explain(&c),
			 "f(a, b) == g(\"x,)\", ',')\n"
			 "  f(a, b) = 0\n"
			 "  g(\"x,)\", ',') = 0");
}

/* Whatever the room: terminated, and nothing behind it is touched. */
Test(explain, fits_into_any_room)
{
	struct shmrun_check_ *c = check(SHMRUN_STR_, "==", .a.p = "\n\n\n\x01",
					.b.p = "other");
	size_t cap;

	for (cap = 1; cap < 100; cap++) {
		explain_into(cap, c, "message %s", "that is long enough");
		cr_assert_lt(strlen(text), cap);
		cr_assert_eq(text[cap], '#', "room for %zu", cap);
	}
}
