/* SPDX-License-Identifier: MIT */
#include "base/str.h"

#include <criterion/criterion.h>
#include <string.h>

Test(str, an_empty_string_has_a_text)
{
	struct str s = STR_INIT;

	cr_assert_str_eq(str_get(&s), "");
	str_clear(&s);
	cr_assert_str_eq(str_get(&s), "");
	str_fini(&s);
	str_fini(&s);
}

Test(str, pieces_are_put_behind_each_other)
{
	struct str s = STR_INIT;

	str_add(&s, "ab");
	str_add_char(&s, '-');
	str_add_len(&s, "cdef", 2);
	str_addf(&s, "%03d%s", 7, "!");
	cr_assert_str_eq(str_get(&s), "ab-cd007!");
	cr_assert_eq(s.len, 9);
	str_fini(&s);
}

Test(str, it_grows_and_stays_terminated)
{
	struct str s = STR_INIT;
	size_t i;

	for (i = 0; i < 10000; i++) {
		str_add_char(&s, (char)('a' + i % 26));
		cr_assert_eq(s.text[s.len], '\0');
	}
	cr_assert_eq(strlen(str_get(&s)), 10000);
	for (i = 0; i < 10000; i++)
		cr_assert_eq(s.text[i], (char)('a' + i % 26));
	str_fini(&s);
}

/* Lengths around the first capacity, where an off-by-one would write past. */
Test(str, formatted_text_fits_at_every_length)
{
	int len;

	for (len = 0; len < 200; len++) {
		struct str s = STR_INIT;

		str_addf(&s, "%*s", len, "");
		str_addf(&s, "%s", "end");
		cr_assert_eq(s.len, (size_t)len + 3);
		cr_assert_str_eq(str_get(&s) + len, "end");
		str_fini(&s);
	}
}

Test(str, nul_bytes_count)
{
	struct str s = STR_INIT;

	str_add_len(&s, "a\0b", 3);
	str_add_char(&s, '\0');
	str_add(&s, "c");
	cr_assert_eq(s.len, 5);
	cr_assert_eq(memcmp(str_get(&s), "a\0b\0c", 6), 0);
	str_fini(&s);
}

Test(str, clearing_keeps_the_memory)
{
	struct str s = STR_INIT;
	const char *text;

	str_add(&s, "something");
	text = s.text;
	str_clear(&s);
	cr_assert_eq(s.len, 0);
	cr_assert_str_eq(str_get(&s), "");
	str_add(&s, "else");
	cr_assert_eq(s.text, text);
	cr_assert_str_eq(str_get(&s), "else");
	str_fini(&s);
	cr_assert_null(s.text);
}

Test(str, its_first_bytes_can_be_dropped)
{
	struct str s = STR_INIT;

	str_drop(&s, 0);
	str_add(&s, "abcdef");
	str_drop(&s, 2);
	cr_expect_str_eq(str_get(&s), "cdef");
	str_drop(&s, 4);
	cr_expect_eq(s.len, 0);
	cr_expect_str_empty(str_get(&s));
	str_fini(&s);
}
