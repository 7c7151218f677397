/* SPDX-License-Identifier: MIT */
/* Filter expressions: SEL-3, SEL-7; section 4.4 of the behaviour rules. */
#include "suite/select.h"

#include "base/str.h"
#include "suite/expr.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

static struct listing listing;
static struct costs costs;

static void add(const char *name, uint32_t scope_len, uint32_t count,
		const char *file, const struct attrs *attrs)
{
	listing_add_test(&listing, &(struct test){ .name = name,
						   .file = file,
						   .scope_len = scope_len,
						   .count = count,
						   .indexed = count > 1,
						   .attrs = attrs });
}

static const struct attrs *with(const char *tags, const char *affinity,
				enum isolate isolate)
{
	struct attrs attrs = attrs_default;

	attrs.tags = tags;
	attrs.affinity = affinity;
	attrs.isolate = isolate;
	return listing_attrs(&listing, &attrs);
}

static void open_listing(void)
{
	listing_init(&listing);
	listing_add_suite(&listing, "./math.so", "native");
	add("Math::adds", 4, 1, "src/math.c", with("fast,core", "", ISOLATE_AUTO));
	add("Math::range", 4, 5, "src/math.c", NULL);
	add("Math::odd)name", 4, 1, "src/odd.c", with("slow", "db", ISOLATE_FORK));
	listing_add_suite(&listing, "./text.so", "native");
	add("Text::trims", 4, 1, "src/text.c", with("core", "db", ISOLATE_AUTO));
	costs_init(&costs, &listing);
}

static void close_listing(void)
{
	costs_fini(&costs);
	listing_fini(&listing);
}

TestSuite(expr, .init = open_listing, .fini = close_listing);

#define MANY 4

/* The printed names, a line each; "!" and the sentence when refused. */
static const char *pick(const char *const exprs[MANY], const char *glob,
			const struct costs *known)
{
	static char text[2048];
	struct select_args by = { .exprs = exprs, .globs = &glob,
				  .n_globs = glob ? 1 : 0, .costs = known };
	struct str out = STR_INIT;
	struct err err = { 0 };
	struct plan plan;
	uint32_t i;

	while (by.n_exprs < MANY && exprs[by.n_exprs])
		by.n_exprs++;
	plan_init(&plan);
	if (select_apply(&listing, &by, &plan, &err) < 0) {
		cr_expect_eq(err.code, -EINVAL);
		str_addf(&out, "!%s", err.text);
	} else {
		for (i = 0; i < plan.n_positions; i++) {
			plan_print_name(&out, &plan, &listing, i);
			str_add_char(&out, ' ');
		}
	}
	memset(text, 0, sizeof(text));
	strncpy(text, str_get(&out), sizeof(text) - 1);
	plan_fini(&plan);
	str_fini(&out);
	return text;
}

#define expect_picked(expected, ...)                                          \
	cr_expect_str_eq(pick((const char *const[MANY]){ __VA_ARGS__ }, NULL, \
			      NULL), expected)

#define RANGE "Math::range[0] Math::range[1] Math::range[2] Math::range[3] " \
	      "Math::range[4] "
#define MATH "Math::adds " RANGE "Math::odd)name "

Test(expr, knows_each_predicate_and_its_own_way)
{
	expect_picked(MATH "Text::trims ", "all()");
	expect_picked("", "none()");
	expect_picked("Math::adds ", "test(add)");
	expect_picked("Math::odd)name Text::trims ", "group(db)");
	expect_picked("Math::odd)name Text::trims ", "group(d*)");
	expect_picked("Math::adds Text::trims ", "tag(core)");
	expect_picked(MATH, "scope(Math)");
	expect_picked(MATH, "suite(math.so)");
	expect_picked(MATH, "suite(=./math.so)");
	expect_picked("Text::trims ", "file(text.c)");
	expect_picked("Text::trims ", "file(src/te*)");
	expect_picked("Math::odd)name ", "isolate(fork)");
}

Test(expr, knows_each_matcher)
{
	expect_picked("Math::adds ", "test(=Math::adds)");
	expect_picked("Math::adds ", "test( = Math::adds )");
	expect_picked("", "test(=adds)");
	expect_picked("Text::trims ", "test(~xt::tr)");
	expect_picked("Math::adds Text::trims ", "test(/^[MT].*s$/)");
	expect_picked("Text::trims ", "test(#Text::*)");
	expect_picked("Math::adds ", "tag(=fast)");
	expect_picked("Math::adds Text::trims ", "tag(/^co/)");
}

Test(expr, takes_escapes)
{
	expect_picked("Math::odd)name ", "test(odd\\)name)");
	expect_picked("Math::odd)name ", "test(/odd\\)name$/)");
	expect_picked("Math::odd)name ", "test(=Math::odd\\u{29}name)");
	expect_picked("!in the filter 'test(a\\qb)', column 7: this escape is "
		      "not known: there are \\), \\, \\\\ and \\u{HEX}",
		      "test(a\\qb)");
}

Test(expr, binds_and_closer_than_or_and_not_closest)
{
	expect_picked("Math::adds Text::trims ",
		      "test(trims) or test(adds) and tag(fast)");
	expect_picked("Math::adds ",
		      "(test(trims) or test(adds)) and tag(fast)");
	expect_picked("Text::trims ", "not scope(Math) and tag(core)");
	expect_picked("Math::adds ", "tag(core) - scope(Text)");
	expect_picked("Math::adds ", "tag(core)&!scope(Text)");
	expect_picked("Math::adds Text::trims ", "test(adds)|test(trims)");
	expect_picked("Math::adds Text::trims ", "test(adds)+test(trims)");
}

/* Once a bug elsewhere: keywords beside parentheses need no spaces. */
Test(expr, needs_no_spaces_beside_parentheses)
{
	expect_picked("Text::trims ", "not(scope(Math))and(tag(core))");
	expect_picked("Text::trims ", "  not  (  scope( Math ) )  ");
}

Test(expr, tells_instances_apart_when_a_bracket_asks_for_it)
{
	expect_picked("Math::range[3] ", "test(=Math::range[3])");
	expect_picked("Math::range[1] Math::range[3] ",
		      "test(/range\\[[13]\\]/)");
	expect_picked("Math::range[0] Math::range[1] Math::range[2] "
		      "Math::range[4] ", "test(range) - test(~[3])");
}

Test(expr, of_several_is_a_union_and_a_glob_narrows_it)
{
	expect_picked("Math::adds Text::trims ", "test(adds)", "test(trims)");
	cr_expect_str_eq(pick((const char *const[MANY]){ "scope(Math)" },
			      "Math::range[2-3]", NULL),
			 "Math::range[2] Math::range[3] ");
}

Test(expr, asks_the_history)
{
	costs.rows[costs_row(&costs, 0, 0)] =
		(struct cost){ .known = true, .last = OUTCOME_FAIL };
	costs.rows[costs_row(&costs, 1, 2)] =
		(struct cost){ .known = true, .last = OUTCOME_FAIL };
	costs.rows[costs_row(&costs, 3, 0)] =
		(struct cost){ .known = true, .last = OUTCOME_PASS };
	cr_expect_str_eq(pick((const char *const[MANY]){ "last(fail)" }, NULL,
			      &costs), "Math::adds Math::range[2] ");
	cr_expect_str_eq(pick((const char *const[MANY]){ "last(none)" }, NULL,
			      &costs), "Math::range[0] Math::range[1] "
			 "Math::range[3] Math::range[4] Math::odd)name ");
	expect_picked("!the filter 'last(fail)' asks for the last outcome, and "
		      "no earlier run is known", "last(fail)");
}

/* SEL-7: what can match nothing is a typing error. */
Test(expr, refuses_a_predicate_that_matches_nothing)
{
	expect_picked("!in the filter 'test(adds) or test(foo)', column 15: "
		      "'test(foo)' matches no test",
		      "test(adds) or test(foo)");
	expect_picked("", "test(foo)");
}

#define expect_refused(source, column, what)                                  \
	expect_picked("!in the filter '" source "', column " #column ": "    \
		      what, source)

Test(expr, says_what_is_wrong_and_where)
{
	expect_refused("", 1, "something is missing at the end");
	expect_refused("test(a) or", 11, "something is missing at the end");
	expect_refused("test(a", 7, "a ) is missing");
	expect_refused("(test(a)", 1, "this ( is never closed");
	expect_refused("test a", 6, "a ( is missing behind the predicate");
	expect_refused("test(a) test(b)", 9,
		       "here an operator is expected: and, or, -");
	expect_refused("tset(a)", 1, "here a predicate is expected: test, "
		       "suite, tag, group, scope, file, isolate, last, all, "
		       "none");
	expect_refused("all(x)", 5,
		       "nothing belongs between these parentheses");
	expect_refused("test(/a)", 6,
		       "the regular expression does not end: a / is missing");
	expect_refused("isolate(thread)", 9,
		       "isolate() wants auto, worker, fork or exec");
	expect_refused("last(failed)", 6, "last() wants pass, fail, crash, "
		       "timeout, skip, error, flaky, notrun or none");
	expect_refused("test(\\u{110000})", 6, "this escape is not known: "
		       "there are \\), \\, \\\\ and \\u{HEX}");
	expect_refused("test(\\", 6, "this escape is not known: "
		       "there are \\), \\, \\\\ and \\u{HEX}");
}

Test(expr, refuses_a_wrong_regular_expression)
{
	const char *said = pick((const char *const[MANY]){ "test(/a[/)" },
				NULL, NULL);

	cr_expect(strstr(said, "column 6: the regular expression is wrong: "));
}

Test(expr, is_not_endlessly_deep)
{
	struct expr e;
	struct err err = { 0 };
	char deep[4096];

	memset(deep, '(', sizeof(deep));
	deep[sizeof(deep) - 1] = '\0';
	cr_expect_eq(expr_parse(&e, deep, &err), -EINVAL);
	memset(deep, '!', sizeof(deep) - 1);
	cr_expect_eq(expr_parse(&e, deep, &err), -EINVAL);
}

/* Before a suite is loaded only its path is known. */
Test(expr, tells_whether_a_suite_can_match)
{
	struct expr_subject s = { .suite = "./math.so" };
	struct expr e;

	expr_parse(&e, "suite(text.so) and test(a)", NULL);
	cr_expect_eq(expr_eval(&e, &s), TRUTH_NO);
	expr_fini(&e);
	expr_parse(&e, "suite(math.so) or test(a)", NULL);
	cr_expect_eq(expr_eval(&e, &s), TRUTH_YES);
	expr_fini(&e);
	expr_parse(&e, "not test(a)", NULL);
	cr_expect_eq(expr_eval(&e, &s), TRUTH_MAYBE);
	expr_fini(&e);
}
