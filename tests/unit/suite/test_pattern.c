/* SPDX-License-Identifier: MIT */
/* Regular expressions, and those that would take all memory (SEL-3). */
#include "suite/pattern.h"

#include "base/str.h"

#include <criterion/criterion.h>
#include <string.h>

/* NULL, or why it is refused. */
static const char *refused(const char *text)
{
	static char why[PATTERN_WHY_CAP];
	regex_t regex;

	if (!pattern_compile(&regex, text, why))
		return why;
	regfree(&regex);
	return NULL;
}

static bool matches(const char *text, const char *subject)
{
	char why[PATTERN_WHY_CAP];
	regex_t regex;
	bool does;

	cr_assert(pattern_compile(&regex, text, why), "%s: %s", text, why);
	does = regexec(&regex, subject, 0, NULL, 0) == 0;
	regfree(&regex);
	return does;
}

/* n times one text. */
static const char *times(const char *text, int n)
{
	static struct str out;

	str_clear(&out);
	while (n-- > 0)
		str_add(&out, text);
	return str_get(&out);
}

Test(pattern, usual_ones_match)
{
	cr_expect(matches("^range\\[[45]\\]$", "range[4]"));
	cr_expect(matches("(a|b)+c{2,3}", "xabcc"));
	cr_expect(matches("[]x]{3}", "]x]"));
	cr_expect(matches("[[:digit:]]{4}-[[:digit:]]{2}", "on 2026-11-23"));
	cr_expect(matches("a{100}", times("a", 100)));
	cr_expect(!matches("^a?b*c+$", "abb"));
	cr_expect_null(refused(times("(x|y)", 300)));
}

Test(pattern, what_would_take_all_memory_is_refused)
{
	static const char *const large[] = {
		"(a{999}){999}", "a{255}{255}{255}", "((a{99}){99}){99}",
		"(\\)...)\\++++++++++++++++++++++++++", "[]+]{9999}",
		"(a|(b{2000}c)){2}", "a{4096}", "x{0,30000}", "x{,30000}",
		"[[:alpha:]]{70}{70}", "(a+)+++++++++++++++",
	};
	size_t i;

	for (i = 0; i < sizeof(large) / sizeof(large[0]); i++)
		cr_expect_str_eq(refused(large[i]),
				 "with its repeats it is too large", "%s",
				 large[i]);
	cr_expect_str_eq(refused(times("+", 5000)),
			 "with its repeats it is too large");
	cr_expect_str_eq(refused(times("a", 5000)),
			 "with its repeats it is too large");
}

/* Few nodes, but each of them follows each other one in many ways: the second
 * takes glibc half a minute. */
Test(pattern, what_goes_round_in_circles_of_circles_is_refused)
{
	cr_expect_str_eq(refused("(((((a?b?)+)+)+)+)+"),
			 "with its repeats it is too large");
	cr_expect_str_eq(refused("(\\)))+*\\+++SNo\\R++\\\\))++++++\\+M+++"
				 "*+e)\\+++\'\\????????+++"),
			 "with its repeats it is too large");
	cr_expect_str_eq(refused("^a?????+++"),
			 "with its repeats it is too large");
	cr_expect_str_eq(refused("$a{,2}{,2}{,3}{4,}"),
			 "with its repeats it is too large");
	cr_expect_str_eq(refused(".?*?.{,2}{,3}{,9}){,9}{4,}"),
			 "with its repeats it is too large");
	cr_expect_str_eq(refused("(\\b|\\b^)+?**"),
			 "with its repeats it is too large");
	cr_expect_str_eq(refused("(^|\\b)(^|\\b)(^|\\b)(^|\\b)(^|\\b)(^|\\b)"
				 "(^|\\b)(^|\\b)(^|\\b)"),
			 "too many of its groups have anchors");
	cr_expect(matches("^foo(-bar(-baz(-q)?)?)?$", "foo-bar-baz"));
	cr_expect(matches("(^|_)fast($|_)", "very_fast"));
	cr_expect(matches("^(([0-9]{1,3}\\.){3}[0-9]{1,3}|-)$", "127.0.0.1"));
	cr_expect(matches("^([a-z]{1,10}/){1,10}$", "a/b/c/"));
	cr_expect(matches("^(a|b|c)+([0-9]+,?)*$", "ab12,3"));
	cr_expect(matches("((a*b)+-?)*", "aab-b"));
	cr_expect(matches("(([a-z]+_)*[0-9]+)+", "a_b_12"));
}

Test(pattern, what_would_overflow_the_stack_is_refused)
{
	cr_expect_str_eq(refused(times("(", 100000)), "it is nested too deeply");
}

/* The second matches until glibc's stack ends. */
Test(pattern, back_references_are_refused)
{
	const char *why = "extended expressions have no back references";

	cr_expect_str_eq(refused("(a)\\1"), why);
	cr_expect_str_eq(refused("()\\1++^$"), why);
	cr_expect_str_eq(refused("((a|b)\\9)?"), why);
	cr_expect(matches("a\\\\1[\\1]", "a\\11"));
}

Test(pattern, what_the_library_refuses_is_refused)
{
	cr_expect(refused("a["));
	cr_expect(refused("[[:alpha"));
	cr_expect(refused("a\\"));
	cr_expect(refused("(a"));
	cr_expect(refused("a{3,1}"));
}
