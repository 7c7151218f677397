/* SPDX-License-Identifier: MIT */
/* What is read as TAP, and what it comes to (TAP-2 to TAP-4). */
#include "suite/tap.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct tap tap;
static char why[TAP_WHY_CAP];
static char told[4096]; /* "1 ok first|2 failed second|" */

static void take_point(void *ctx, const struct tap_point *p)
{
	static const char *const states[] = {
		[TAP_OK] = "ok", [TAP_FAILED] = "failed",
		[TAP_SKIPPED] = "skipped", [TAP_TODO] = "todo",
		[TAP_BONUS] = "bonus",
	};
	size_t len = strlen(told);

	(void)ctx;
	snprintf(told + len, sizeof(told) - len, "%u %s %s%s%s%s%s|",
		 p->number, states[p->state], p->name, *p->reason ? ";" : "",
		 p->reason, *p->detail ? "=" : "", p->detail);
}

/* In pieces of `piece` bytes. */
static enum outcome read_in_pieces(const char *text, size_t len, size_t piece)
{
	enum outcome outcome;
	size_t at, n;

	told[0] = '\0';
	tap_open(&tap, take_point, NULL);
	for (at = 0; at < len; at += n) {
		n = len - at < piece ? len - at : piece;
		tap_feed(&tap, text + at, n);
	}
	outcome = tap_end(&tap, why);
	tap_close(&tap);
	return outcome;
}

static enum outcome read_text(const char *text)
{
	return read_in_pieces(text, strlen(text), 7);
}

struct sample {
	const char *text;
	enum outcome outcome;
	const char *why;
};

static void check(const struct sample *samples, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		enum outcome got = read_text(samples[i].text);

		cr_expect_eq(got, samples[i].outcome, "%s: %d", samples[i].text,
			     got);
		cr_expect_str_eq(why, samples[i].why, "%s: %s",
				 samples[i].text, why);
	}
}

#define check_all(samples) check(samples, sizeof(samples) / sizeof(*(samples)))

Test(tap, a_met_plan_without_failures_passes)
{
	static const struct sample samples[] = {
		{ "1..1\nok 1\n", OUTCOME_PASS, "" },
		{ "ok 1\n1..1\n", OUTCOME_PASS, "" },
		{ "TAP version 13\n1..2\nok 2 - b\nok 1 - a", OUTCOME_PASS, "" },
		{ "TAP version 14\nok\nok\n1..2 # both\n", OUTCOME_PASS, "" },
		{ "1..1\r\nok 1 - a\r\n", OUTCOME_PASS, "" },
		{ "hello\n1..2\nok 1\nworld\nokay\nok12\nok 2\n", OUTCOME_PASS,
		  "" },
		{ "1..2\nok 1 # SKIP no net\nnot ok 2 # TODO later\n",
		  OUTCOME_PASS, "" },
		{ "1..1\n    not ok 1\n    1..1\nok 1 - inner\n", OUTCOME_PASS,
		  "" },
		{ "pragma +strict\n1..1\nok 1\n", OUTCOME_PASS, "" },
	};

	check_all(samples);
}

/* A wrong pass is the worst of bugs. */
Test(tap, what_is_not_whole_fails)
{
	static const struct sample samples[] = {
		{ "", OUTCOME_FAIL, "it printed no plan and no point" },
		{ "hello\n", OUTCOME_FAIL, "it printed no plan and no point" },
		{ "ok 1\nok 2\n", OUTCOME_FAIL, "there is no plan" },
		{ "1..3\nok 1\nok 2\n", OUTCOME_FAIL,
		  "3 points planned, 2 told" },
		{ "1..1\nok 1\nok 2\n", OUTCOME_FAIL,
		  "1 point planned, 2 told" },
		{ "1..2\nok 1\nok 1\n", OUTCOME_FAIL, "number 1 is there twice" },
		{ "1..2\nok 1\nok 3\n", OUTCOME_FAIL,
		  "point 3 is outside of the plan" },
		{ "1..1\nok 0\n", OUTCOME_FAIL, "there is a point with number 0" },
		{ "1..1\n1..1\nok 1\n", OUTCOME_FAIL, "there are two plans" },
		{ "ok 1\n1..2\nok 2\n", OUTCOME_FAIL,
		  "there are points on both sides of the plan" },
		{ "1..0\nok 1\n", OUTCOME_FAIL, "0 points planned, 1 told" },
		{ "1..1 and more\nok 1\n", OUTCOME_FAIL, "there is no plan" },
		{ "1..x\nok 1\n", OUTCOME_FAIL, "there is no plan" },
		{ " 1..1\nok 1\n", OUTCOME_FAIL, "there is no plan" },
		{ "TAP version 15\n1..1\nok 1\n", OUTCOME_FAIL,
		  "TAP version 15 is unknown" },
		{ "1..1\nTAP version 13\nok 1\n", OUTCOME_FAIL,
		  "the version is not in the first line" },
		{ "1..99999999999999999999\nok 1\n", OUTCOME_FAIL,
		  "the plan has more than 1000000 points" },
		{ "1..1\nok 4294967297\n", OUTCOME_FAIL,
		  "there is a point with number 4294967295" },
	};

	check_all(samples);
}

Test(tap, failed_points_fail)
{
	static const struct sample samples[] = {
		{ "1..2\nok 1\nnot ok 2\n", OUTCOME_FAIL,
		  "1 of 2 points failed" },
		{ "not ok\n", OUTCOME_FAIL,
		  "1 of 1 points failed; there is no plan" },
		{ "1..1\nnot ok 1 # SKIP broken\n", OUTCOME_FAIL,
		  "1 of 1 points failed" },
		{ "1..1\nnot ok 1 # TODOlist\n", OUTCOME_FAIL,
		  "1 of 1 points failed" },
		{ "1..1\nnot ok 1 - see bug#todo\n", OUTCOME_FAIL,
		  "1 of 1 points failed" },
		{ "1..1\nnot ok 1 - a \\# TODO b\n", OUTCOME_FAIL,
		  "1 of 1 points failed" },
		{ "1..1\nok 1\n  ---\n  never: closed\nnot ok 2\n",
		  OUTCOME_FAIL,
		  "1 of 2 points failed; 1 point planned, 2 told" },
	};

	check_all(samples);
}

/* Others skip these lines, and pass when the plan is met without them; a reader
 * sees a failed test. */
Test(tap, what_looks_like_a_failed_point_is_never_skipped)
{
	static const char *const lines[] = {
		"NOT OK", "NOT OK 2", "Not ok 2 - b", "not OK 2", "not  ok 2",
		"not\tok 2", "not ok2", "notok 2", "not_ok 2", "not-ok",
		"\033[31mnot ok 2\033[0m", "\xef\xbb\xbfnot ok 2",
		" not ok 2", "  not ok 2 - b", "\tnot ok 2", "    NOT OK 2",
	};
	char text[128];
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		snprintf(text, sizeof(text), "1..1\nok 1\n%s\n", lines[i]);
		cr_expect_eq(read_text(text), OUTCOME_FAIL, "%s", lines[i]);
		cr_expect(strstr(why, "failed"), "%s: %s", lines[i], why);
	}
}

Test(tap, what_only_begins_so_is_other_text)
{
	static const struct sample samples[] = {
		{ "1..1\nnot okay\nnote: ok\nnothing\nok 1\n", OUTCOME_PASS,
		  "" },
		{ "1..1\n    not ok 1 # TODO later\nok 1\n", OUTCOME_PASS, "" },
		{ "1..1\nok 1\n    not ok 1 # TODO later\n", OUTCOME_PASS, "" },
		{ "1..1\nok 1\n  ---\n  not ok 1\n  ...\n", OUTCOME_PASS, "" },
		{ "1..1\nok 1\n    # not ok 1\n", OUTCOME_PASS, "" },
	};

	check_all(samples);
}

Test(tap, strict_output_has_nothing_else)
{
	static const struct sample samples[] = {
		{ "TAP version 14\npragma +strict\n1..1\nhello\nok 1\n",
		  OUTCOME_FAIL,
		  "by its pragma +strict this may not be there: \"hello\"" },
		{ "pragma +bail,+strict\n1..1\n# x\n    x\nok 1\n\n",
		  OUTCOME_PASS, "" },
		{ "pragma +strict\n1..1\npragma -strict\nhello\nok 1\n",
		  OUTCOME_PASS, "" },
		{ "pragma +stricter\n1..1\nhello\nok 1\n", OUTCOME_PASS, "" },
	};

	check_all(samples);
}

Test(tap, skips_and_bail_outs)
{
	static const struct sample samples[] = {
		{ "1..0 # SKIP no network\n", OUTCOME_SKIP, "no network" },
		{ "1..0 # skipped: none\n", OUTCOME_SKIP, "none" },
		{ "1..0\n", OUTCOME_SKIP, "its plan is 1..0" },
		{ "1..2\nok 1\nBail out! no disk\nok 2\n", OUTCOME_ERROR,
		  "Bail out! no disk" },
		{ "Bail out!\n", OUTCOME_ERROR, "Bail out!" },
		{ "1..1\n    Bail out! inner\nok 1\n", OUTCOME_ERROR,
		  "Bail out! inner" },
		{ "1..1\nok 1\n  bail out! two\n", OUTCOME_ERROR,
		  "Bail out! two" },
	};

	check_all(samples);
}

Test(tap, points_have_names_reasons_and_details)
{
	read_text("1..6\nok 1 - first \\# \\\\ x\nok - second\nok 3 third # SKIP "
		  "no net\nnot ok 4 -\n  ---\n  a: 1\n    b: 2\n  ...\n# more\n"
		  "not ok 5 five # todo: later\nok 6 # TODO\n");
	cr_expect_str_eq(told, "1 ok first # \\ x|2 ok second|3 skipped third;"
			 "no net|4 failed =a: 1\n  b: 2\n# more|"
			 "5 todo five;: later|6 bonus |");
}

static char place_file[64];
static uint32_t place_line;

static void take_place(void *ctx, const struct tap_point *p)
{
	(void)ctx;
	snprintf(place_file, sizeof(place_file), "%s", p->file);
	place_line = p->line;
}

static void read_place(const char *text)
{
	tap_open(&tap, take_place, NULL);
	tap_feed(&tap, text, strlen(text));
	tap_end(&tap, why);
	tap_close(&tap);
}

Test(tap, a_block_says_where)
{
	read_place("not ok 1\n  ---\n  at:\n    file: src/x.c\n    line: 12\n"
		   "  profile: no\n  ...\n");
	cr_expect_str_eq(place_file, "src/x.c");
	cr_expect_eq(place_line, 12);
	read_place("not ok 1\n  ---\n  at: {\"file\":\"y.c\",\"line\":7}\n"
		   "  ...\n");
	cr_expect_str_eq(place_file, "y.c");
	cr_expect_eq(place_line, 7);
	read_place("not ok 1\n  ---\n  profile: no\n  outline: 3\n  ...\n");
	cr_expect_str_eq(place_file, "");
	cr_expect_eq(place_line, 0);
}

/* What comes in other pieces is the same; what is too long is cut. */
Test(tap, a_stream_may_come_in_any_pieces)
{
	static const char text[] =
		"TAP version 14\n1..2\nok 1 - a\nnot ok 2 - b\n  ---\n  x: y\n"
		"  ...\n";
	char first[sizeof(told)];
	size_t piece;

	read_in_pieces(text, sizeof(text) - 1, sizeof(text));
	memcpy(first, told, sizeof(first));
	for (piece = 1; piece < sizeof(text); piece++) {
		cr_expect_eq(read_in_pieces(text, sizeof(text) - 1, piece),
			     OUTCOME_FAIL);
		cr_expect_str_eq(told, first, "pieces of %zu", piece);
	}
}

Test(tap, a_long_line_and_a_nul_hide_nothing)
{
	static char text[3 * TAP_LINE_MAX];
	size_t len;

	memset(text, 'x', sizeof(text));
	memcpy(text, "1..1\nnot ok 1 ", 14);
	text[sizeof(text) - 1] = '\n';
	cr_expect_eq(read_in_pieces(text, sizeof(text), 100), OUTCOME_FAIL);
	cr_expect_str_eq(why, "1 of 1 points failed");
	len = sizeof("1..1\nok 1 a\0b\nnot ok 2\n") - 1;
	cr_expect_eq(read_in_pieces("1..1\nok 1 a\0b\nnot ok 2\n", len, 5),
		     OUTCOME_FAIL);
}
