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
	const struct list_item item = { &suite, test, index, count, NULL };
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
	const struct list_item item = { &suite, &test, 0, 1, NULL };
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

/* ---- what applies, and from where (ATTR-1) -------------------------------- */

static void terms_are(const struct suite *of, const struct attrs *attrs,
		      const struct list_usual *usual, const char *expected)
{
	struct test test = plain_test("S::one");
	const struct list_item item = { of, &test, 0, 1, usual };
	struct str out = STR_INIT;

	test.attrs = attrs;
	list_format_text(&out, &item, false);
	cr_expect_str_eq(str_get(&out), expected);
	str_fini(&out);
}

static const struct list_usual usual = { .timeout_ns = 300000000000,
					 .isolate = ISOLATE_AUTO };

Test(list_terms, what_nobody_sets_is_of_the_kind_of_suite_and_the_options)
{
	const struct list_usual forked = { .slow_ns = 1500000000,
					   .isolate = ISOLATE_FORK };
	struct suite program = suite;

	terms_are(&suite, &attrs_default, &usual,
		  "S::one isolate=worker (native) timeout=300 (--timeout) "
		  "slow=none (--slow)\n");
	terms_are(&suite, &attrs_default, &forked,
		  "S::one isolate=fork (--isolate) timeout=none (--timeout) "
		  "slow=1.5 (--slow)\n");
	program.adapter = "tap";
	program.isolate = ISOLATE_EXEC;
	terms_are(&program, &attrs_default, &forked,
		  "S::one isolate=exec (tap) timeout=none (--timeout) "
		  "slow=1.5 (--slow)\n");
}

Test(list_terms, the_test_s_own_and_its_suite_s_are_told_apart)
{
	struct attrs attrs = attrs_default;

	attrs.isolate = ISOLATE_FORK;
	attrs.timeout = 2;
	attrs.weight = 3;
	attrs.exclusive = attrs.last = true;
	attrs.tags = "a,b";
	attrs.affinity = "g";
	attrs.serial = "c";
	attrs.lock = "db:r";
	attrs.after = "g";
	attrs.inherited = 1u << ATTR_TIMEOUT | 1u << ATTR_LOCK |
			  1u << ATTR_EXCLUSIVE;
	terms_are(&suite, &attrs, &usual,
		  "S::one isolate=fork (test) timeout=2 (suite) slow=none "
		  "(--slow) weight=3 (test) exclusive (suite) last (test) "
		  "tags=a,b (test) affinity=g (test) serial=c (test) "
		  "lock=db:r (suite) after=g (test)\n");
}

Test(list_terms, the_stricter_tier_applies_whoever_asks_for_it)
{
	const struct list_usual forked = { .timeout_ns = 1000000000,
					   .slow_ns = 1000000000,
					   .isolate = ISOLATE_FORK };
	struct attrs attrs = attrs_default;

	attrs.isolate = ISOLATE_WORKER;
	terms_are(&suite, &attrs, &forked,
		  "S::one isolate=fork (--isolate) timeout=1 (--timeout) "
		  "slow=1 (--slow)\n");
	attrs.isolate = ISOLATE_AUTO;
	attrs.signal = 6;
	terms_are(&suite, &attrs, &usual,
		  "S::one isolate=fork (test) timeout=300 (--timeout) "
		  "slow=none (--slow) signal=6 (test)\n");
}

Test(list_terms, every_attribute_at_once_has_room)
{
	const struct attrs all = {
		.affinity = "a", .serial = "b", .lock = "c", .after = "d",
		.tags = "e", .description = "f", .timeout = 1, .slow = 1,
		.cost = 1, .weight = 1, .priority = 1, .retries = 1,
		.signal = 1, .exit_code = 1, .isolate = ISOLATE_FORK,
		.exclusive = true, .last = true, .disabled = true,
	};
	struct list_term terms[LIST_TERMS_MAX];

	cr_expect_eq(list_terms(&suite, &all, &usual, terms), 18);
}

Test(list_terms, json_says_value_and_from)
{
	struct test test = plain_test("S::one");
	const struct list_item item = { &suite, &test, 0, 1, &usual };
	struct attrs attrs = attrs_default;
	struct str out = STR_INIT;

	test.attrs = &attrs;
	attrs.weight = 2;
	attrs.last = true;
	attrs.lock = "a\"b";
	attrs.inherited = 1u << ATTR_WEIGHT;
	list_format_jsonl(&out, &item);
	cr_expect(strstr(str_get(&out),
		"\"applies\":{\"isolate\":{\"value\":\"worker\",\"from\":"
		"\"native\"},\"timeout\":{\"value\":300,\"from\":"
		"\"--timeout\"},\"slow\":{\"value\":\"none\",\"from\":"
		"\"--slow\"},\"weight\":{\"value\":2,\"from\":\"suite\"},"
		"\"last\":{\"value\":true,\"from\":\"test\"},"
		"\"lock\":{\"value\":\"a\\\"b\",\"from\":\"test\"}}"),
		"%s", str_get(&out));
	str_fini(&out);
}
