/* SPDX-License-Identifier: MIT */
#include "base/json.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define BAD "\xef\xbf\xbd" /* U+FFFD */

static struct str out;
static struct json json;

static void open_json(void)
{
	out = (struct str)STR_INIT;
	json = (struct json){ .out = &out };
}

static void close_json(void)
{
	str_fini(&out);
}

TestSuite(json, .init = open_json, .fini = close_json);

static void expect_text(const char *bytes, size_t len, const char *want)
{
	str_clear(&out);
	json.comma = false;
	json_text_len(&json, bytes, len);
	cr_assert_str_eq(str_get(&out), want);
}

Test(json, members_have_their_key_in_front)
{
	json_open(&json, '{');
	json_put_text(&json, "a", "x");
	json_put_text_len(&json, "b", "yz", 1);
	json_put_int(&json, "c", -1);
	json_put_uint(&json, "d", UINT64_MAX);
	json_put_real(&json, "e", 0.5);
	json_put_bool(&json, "f", true);
	json_close(&json, '}');
	cr_expect_str_eq(str_get(&out),
			 "{\"a\":\"x\",\"b\":\"y\",\"c\":-1,"
			 "\"d\":18446744073709551615,\"e\":0.5,"
			 "\"f\":true}");
}

Test(json, commas_go_where_they_belong)
{
	json_open(&json, '{');
	json_key(&json, "a");
	json_int(&json, -1);
	json_key(&json, "b");
	json_open(&json, '[');
	json_bool(&json, true);
	json_bool(&json, false);
	json_open(&json, '{');
	json_close(&json, '}');
	json_open(&json, '[');
	json_close(&json, ']');
	json_text(&json, "x");
	json_close(&json, ']');
	json_key(&json, "c");
	json_text(&json, "");
	json_close(&json, '}');
	cr_assert_str_eq(str_get(&out),
			 "{\"a\":-1,\"b\":[true,false,{},[],\"x\"],"
			 "\"c\":\"\"}");
}

Test(json, keys_are_escaped_like_values)
{
	json_open(&json, '{');
	json_key(&json, "a\"b\n");
	json_int(&json, 0);
	json_close(&json, '}');
	cr_assert_str_eq(str_get(&out), "{\"a\\\"b\\n\":0}");
}

Test(json, numbers_keep_their_range)
{
	json_open(&json, '[');
	json_int(&json, INT64_MIN);
	json_int(&json, INT64_MAX);
	json_uint(&json, UINT64_MAX);
	json_close(&json, ']');
	cr_assert_str_eq(str_get(&out),
			 "[-9223372036854775808,9223372036854775807,"
			 "18446744073709551615]");
}

Test(json, what_json_cannot_say_is_null)
{
	json_open(&json, '[');
	json_real(&json, 0.25);
	json_real(&json, NAN);
	json_real(&json, INFINITY);
	json_real(&json, -INFINITY);
	json_close(&json, ']');
	cr_assert_str_eq(str_get(&out), "[0.25,null,null,null]");
}

Test(json, control_characters_are_escaped)
{
	char all[0x20], c;

	for (c = 0; c < 0x20; c++)
		all[(int)c] = c;
	json_text_len(&json, all, sizeof(all));
	for (c = 0; c < 0x20; c++)
		cr_assert_null(memchr(str_get(&out), c, out.len), "%d", c);
	expect_text("\0\x1b\x7f\t\r\n", 6,
		    "\"\\u0000\\u001b\\u007f\\t\\r\\n\"");
	expect_text("\"\\/", 3, "\"\\\"\\\\/\"");
}

/* RFC 3629: the shortest and the last of each length. */
Test(json, valid_utf8_is_kept)
{
	static const char *const good[] = {
		"\xc2\x80",	    "\xdf\xbf",
		"\xe0\xa0\x80",	    "\xed\x9f\xbf",
		"\xee\x80\x80",	    "\xef\xbf\xbf",
		"\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf",
	};
	char want[16];
	size_t i;

	for (i = 0; i < array_size(good); i++) {
		snprintf(want, sizeof(want), "\"%s\"", good[i]);
		expect_text(good[i], strlen(good[i]), want);
	}
}

Test(json, each_byte_that_is_no_utf8_is_replaced)
{
	expect_text("\x80", 1, "\"" BAD "\"");
	expect_text("\xff", 1, "\"" BAD "\"");
	expect_text("a\xc3", 2, "\"a" BAD "\"");
	expect_text("\xc3(", 2, "\"" BAD "(\"");
	expect_text("\xc0\xaf", 2, "\"" BAD BAD "\"");
	expect_text("\xe0\x9f\xbf", 3, "\"" BAD BAD BAD "\"");
	expect_text("\xed\xa0\x80", 3, "\"" BAD BAD BAD "\"");
	expect_text("\xf0\x8f\xbf\xbf", 4, "\"" BAD BAD BAD BAD "\"");
	expect_text("\xf4\x90\x80\x80", 4, "\"" BAD BAD BAD BAD "\"");
	expect_text("\xf5\x80\x80\x80", 4, "\"" BAD BAD BAD BAD "\"");
	expect_text("\xe2\x82x", 3, "\"" BAD BAD "x\"");
}

/* The bytes behind the length must not complete a sequence. */
Test(json, a_sequence_ends_with_the_text)
{
	expect_text("\xe2\x82\xac", 2, "\"" BAD BAD "\"");
	expect_text("\xe2\x82\xac", 3, "\"\xe2\x82\xac\"");
	expect_text("", 0, "\"\"");
}
