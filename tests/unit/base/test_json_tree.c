/* SPDX-License-Identifier: MIT */
/* JSON of others is read as RFC 8259 has it, or refused with its place. */
#include "base/json_tree.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct json_tree tree;
static char bytes[8192];
static struct err err;

static int parse(const char *text)
{
	size_t len = strlen(text);

	memcpy(bytes, text, len);
	json_tree_fini(&tree);
	memset(&err, 0, sizeof(err));
	return json_tree_parse(&tree, bytes, len, &err);
}

Test(json_tree, values_are_what_they_say)
{
	const struct json_node *root, *a;

	cr_assert_eq(parse(" {\"a\": [1, -2.5e1, true, null, \"x\", {}, []], "
			   "\"b\": false, \"b\": \"last\"} "),
		     0);
	root = json_tree_root(&tree);
	a = json_tree_get(&tree, root, "a");
	cr_expect_eq(json_tree_number(json_tree_at(&tree, a, 0), 0), 1);
	cr_expect_eq(json_tree_number(json_tree_at(&tree, a, 1), 0), -25);
	cr_expect(json_tree_is_true(json_tree_at(&tree, a, 2)));
	cr_expect_eq(json_tree_at(&tree, a, 3)->kind, JSON_NULL);
	cr_expect_str_eq(json_tree_text(json_tree_at(&tree, a, 4), ""), "x");
	cr_expect_eq(json_tree_at(&tree, a, 5)->kind, JSON_OBJECT);
	cr_expect_eq(json_tree_at(&tree, a, 6)->kind, JSON_ARRAY);
	cr_expect_null(json_tree_at(&tree, a, 7));
	cr_expect_str_eq(json_tree_text(json_tree_get(&tree, root, "b"), ""),
			 "last");
	cr_expect_null(json_tree_get(&tree, root, "c"));
	json_tree_fini(&tree);
}

Test(json_tree, escapes_become_utf8)
{
	cr_assert_eq(parse("\"\\\"\\\\\\/\\b\\f\\n\\r\\t \\u0041\\u00e4\\u20AC"
			   "\\ud83d\\ude00 \\ud83d \\u0000\""),
		     0);
	cr_expect_str_eq(json_tree_text(json_tree_root(&tree), ""),
			 "\"\\/\b\f\n\r\t A\xc3\xa4\xe2\x82\xac"
			 "\xf0\x9f\x98\x80 \xef\xbf\xbd \xef\xbf\xbd");
	json_tree_fini(&tree);
}

Test(json_tree, what_is_no_json_is_refused_with_its_place)
{
	static const char *const texts[] = {
		"", " ", "{", "[", "[1", "[1,", "[1,]", "{\"a\"}", "{\"a\":}",
		"{a:1}", "{\"a\":1,}", "\"", "\"\\", "\"\\x\"", "\"\\u12\"",
		"\"\\u12g4\"", "\"a\nb\"", "01", "1.", ".5", "1e", "+1", "nul",
		"tru", "1 2", "[1]]", "'a'", "-", "nan", "[1 2]",
	};
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		cr_expect_eq(parse(texts[i]), -EINVAL, "%s", texts[i]);
		cr_expect(strncmp(err.text, "it is no JSON: at byte ", 23) ==
				  0,
			  "%s: %s", texts[i], err.text);
	}
	json_tree_fini(&tree);
}

Test(json_tree, depth_has_a_limit)
{
	char text[300];
	int depth;

	for (depth = 1; depth < 140; depth++) {
		memset(text, '[', (size_t)depth);
		memset(text + depth, ']', (size_t)depth);
		text[2 * depth] = '\0';
		cr_expect_eq(parse(text), depth <= 64 ? 0 : -EINVAL, "%d",
			     depth);
	}
	json_tree_fini(&tree);
}
