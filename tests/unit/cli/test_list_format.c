/* SPDX-License-Identifier: MIT */
#include "cli/list_format.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct suite suite = { .path = "./t.so", .adapter = "native" };

static struct test plain_test(const char *name)
{
	return (struct test){
		.name = name,
		.file = "t.c",
		.line = 7,
		.count = 1,
		.scope_len = 1,
		.attrs = &attrs_default,
	};
}

static void text_is(const struct test *test, uint32_t index, uint32_t count,
		    bool details, const char *expected)
{
	const struct list_item item = { &suite, test, index, count };
	struct str out = STR_INIT;

	list_format_text(&out, &item, details);
	cr_expect_str_eq(str_get(&out), expected);
	str_fini(&out);
}

Test(list_format, a_name_alone)
{
	struct test test = plain_test("S::one");

	text_is(&test, 0, 1, false, "S::one\n");
	text_is(&test, 0, 1, true, "S::one suite=./t.so t.c:7\n");
}

/* NAT-14: a range is one line */
Test(list_format, a_range_shows_the_instances_that_are_selected)
{
	struct test test = plain_test("S::many");

	test.indexed = true;
	test.count = 100;
	text_is(&test, 0, 100, false, "S::many[0..99]\n");
	text_is(&test, 7, 3, false, "S::many[7..9]\n");
	text_is(&test, 7, 1, false, "S::many[7]\n");
}

Test(list_format, details_show_only_attributes_that_are_set)
{
	struct test test = plain_test("S::one");
	struct attrs attrs = attrs_default;

	test.attrs = &attrs;
	attrs.isolate = ISOLATE_FORK;
	attrs.timeout = 0.5;
	attrs.priority = -3;
	attrs.last = true;
	attrs.tags = "a,b";
	text_is(&test, 0, 1, true,
		"S::one suite=./t.so t.c:7 isolate=fork timeout=0.5 "
		"priority=-3 last tags=a,b\n");
}

/* OUT-4 */
Test(list_format, a_name_cannot_write_to_the_terminal)
{
	struct test test = plain_test("S::\033[2J\n");

	text_is(&test, 0, 1, false, "S::\\x1B[2J\\x0A\n");
}

Test(list_format, json_has_every_attribute)
{
	struct test test = plain_test("S::o\"ne");
	const struct list_item item = { &suite, &test, 0, 1 };
	struct attrs attrs = attrs_default;
	struct str out = STR_INIT;

	test.attrs = &attrs;
	attrs.tags = "a, b,,c";
	attrs.disabled = true;
	list_format_jsonl(&out, &item);
	cr_expect_str_eq(
		str_get(&out),
		"{\"suite\":\"./t.so\",\"adapter\":\"native\","
		"\"name\":\"S::o\\\"ne\",\"scope\":\"S\",\"indexed\":false,"
		"\"first\":0,\"count\":1,\"file\":\"t.c\",\"line\":7,"
		"\"isolate\":\"auto\",\"timeout\":0,\"slow\":0,\"cost\":0,"
		"\"weight\":0,\"priority\":0,\"retries\":0,\"signal\":0,"
		"\"exit_code\":0,\"exclusive\":false,\"last\":false,"
		"\"disabled\":true,\"tags\":[\"a\",\"b\",\"c\"],"
		"\"affinity\":\"\",\"serial\":\"\",\"lock\":\"\","
		"\"after\":\"\",\"description\":\"\"}\n");
	str_fini(&out);
}
