/* SPDX-License-Identifier: MIT */
/* What the end of a program means (EXE-1, STATE-6, STATE-7, TAP-4). */
#include "suite/program.h"

#include "base/err.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define EXITED(status) ((status) << 8)

static char why[PROGRAM_WHY_CAP];

static enum outcome judge(const struct program *p, struct program_end end)
{
	return program_judge(p, &end, why);
}

static enum outcome judge_status(const struct program *p, int status)
{
	return judge(p, (struct program_end){ .status = EXITED(status) });
}

Test(program, an_exit_status_says_how_it_went)
{
	struct program p = { .gnu = true, .skip_status = -1 };

	cr_expect_eq(judge_status(&p, 0), OUTCOME_PASS);
	cr_expect_str_eq(why, "");
	cr_expect_eq(judge_status(&p, 1), OUTCOME_FAIL);
	cr_expect_str_eq(why, "exit status 1");
	cr_expect_eq(judge_status(&p, 77), OUTCOME_SKIP);
	cr_expect_eq(judge_status(&p, 99), OUTCOME_ERROR);
	cr_expect_eq(judge_status(&p, 255), OUTCOME_FAIL);
	cr_expect_eq(judge(&p, (struct program_end){ .status = 11 }),
		     OUTCOME_CRASH);
}

Test(program, without_the_convention_77_and_99_fail)
{
	struct program p = { .skip_status = 4 };

	cr_expect_eq(judge_status(&p, 77), OUTCOME_FAIL);
	cr_expect_eq(judge_status(&p, 99), OUTCOME_FAIL);
	cr_expect_eq(judge_status(&p, 4), OUTCOME_SKIP);
	cr_expect_eq(judge_status(&p, 0), OUTCOME_PASS);
}

Test(program, an_expected_failure_hides_nothing_else)
{
	struct program p = { .gnu = true,
			     .skip_status = -1,
			     .should_fail = true };

	cr_expect_eq(judge_status(&p, 1), OUTCOME_PASS);
	cr_expect_str_eq(why, "");
	cr_expect_eq(judge_status(&p, 0), OUTCOME_FAIL);
	cr_expect_eq(judge_status(&p, 77), OUTCOME_SKIP);
	cr_expect_eq(judge_status(&p, 99), OUTCOME_ERROR);
	cr_expect_eq(judge(&p, (struct program_end){ .status = 6 }),
		     OUTCOME_CRASH);
	cr_expect_eq(judge(&p, (struct program_end){ .status = EXITED(1),
						     .unfinished = true }),
		     OUTCOME_PASS);
	cr_expect_eq(judge(&p, (struct program_end){ .unfinished = true }),
		     OUTCOME_FAIL);
	cr_expect_str_eq(why, "exited early: its tests had not come to their "
			      "end");
}

/* Neither the points nor the status make it better (TAP-4). */
Test(program, the_worse_of_points_and_status_counts)
{
	static const struct {
		enum outcome told;
		int status;
		enum outcome wanted;
	} cases[] = {
		{ OUTCOME_PASS, 0, OUTCOME_PASS },
		{ OUTCOME_PASS, 1, OUTCOME_FAIL },
		{ OUTCOME_PASS, 99, OUTCOME_ERROR },
		{ OUTCOME_PASS, 77, OUTCOME_SKIP },
		{ OUTCOME_FAIL, 0, OUTCOME_FAIL },
		{ OUTCOME_FAIL, 77, OUTCOME_FAIL },
		{ OUTCOME_FAIL, 99, OUTCOME_ERROR },
		{ OUTCOME_SKIP, 0, OUTCOME_SKIP },
		{ OUTCOME_SKIP, 1, OUTCOME_FAIL },
		{ OUTCOME_ERROR, 0, OUTCOME_ERROR },
		{ OUTCOME_ERROR, 1, OUTCOME_ERROR },
		{ OUTCOME_ERROR, 77, OUTCOME_ERROR },
	};
	struct program p = { .gnu = true,
			     .skip_status = -1,
			     .protocol = PROGRAM_TAP };
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_expect_eq(judge(&p,
				   (struct program_end){
					   .status = EXITED(cases[i].status),
					   .told = cases[i].told }),
			     cases[i].wanted, "case %zu", i);
}

Test(program, what_is_no_tap_is_no_expected_failure)
{
	struct program p = { .protocol = PROGRAM_TAP,
			     .skip_status = -1,
			     .should_fail = true };

	cr_expect_eq(judge(&p, (struct program_end){ .told = OUTCOME_FAIL }),
		     OUTCOME_PASS);
	cr_expect_eq(judge(&p, (struct program_end){ .told = OUTCOME_FAIL,
						     .told_broken = true }),
		     OUTCOME_FAIL);
}

static enum outcome judge_output(const struct program *p, const char *output,
				 size_t len, int status)
{
	return judge(p, (struct program_end){ .status = EXITED(status),
					      .output = output,
					      .output_len = len });
}

Test(program, patterns_are_looked_for_in_all_of_the_output)
{
	struct program *p = program_new();

	program_add(&p->patterns.fail, "bo+m");
	cr_expect(program_wants_output(p));
	cr_expect_eq(judge_output(p, "a\nboom", 6, 0), OUTCOME_FAIL);
	cr_expect_eq(judge_output(p, "a\0\0boom", 7, 0), OUTCOME_FAIL,
		     "a NUL hides nothing");
	cr_expect_eq(judge_output(p, NULL, 0, 0), OUTCOME_PASS);
	cr_expect_eq(judge_output(p, "fine", 4, 1), OUTCOME_FAIL);
	program_add(&p->patterns.pass, "^x");
	program_add(&p->patterns.pass, "y$");
	cr_expect_eq(judge_output(p, "x", 1, 3), OUTCOME_PASS);
	cr_expect_str_eq(why, "");
	cr_expect_eq(judge_output(p, "any", 3, 0), OUTCOME_PASS);
	cr_expect_eq(judge_output(p, "an\nx", 4, 0), OUTCOME_FAIL,
		     "^ is where the output begins");
	cr_expect_eq(judge_output(p, "xboom", 5, 0), OUTCOME_FAIL);
	program_add(&p->patterns.skip, "no network");
	cr_expect_eq(judge_output(p, "no network, boom", 16, 1), OUTCOME_SKIP);
	program_free(p);
}

Test(program, a_pattern_makes_no_point_and_no_error_better)
{
	struct program *p = program_new();
	struct program_end end = { .told = OUTCOME_FAIL,
				   .told_why = "1 of 1 points failed",
				   .output = "not ok 1 - boom",
				   .output_len = 15 };

	p->protocol = PROGRAM_TAP;
	program_add(&p->patterns.pass, "boom");
	cr_expect_eq(judge(p, end), OUTCOME_FAIL);
	cr_expect_str_eq(why, "1 of 1 points failed");
	end.told = OUTCOME_ERROR;
	cr_expect_eq(judge(p, end), OUTCOME_ERROR);
	end.told = OUTCOME_PASS;
	cr_expect_eq(judge(p, end), OUTCOME_PASS);
	program_free(p);

	p = program_new();
	p->should_fail = true;
	program_add(&p->patterns.fail, "boom");
	end.status = EXITED(99);
	cr_expect_eq(judge(p, end), OUTCOME_ERROR);
	end.status = EXITED(1);
	cr_expect_eq(judge(p, end), OUTCOME_PASS);
	program_free(p);
}

Test(program, a_pattern_that_is_none_is_told_with_its_text)
{
	struct program *p = program_new();
	struct err err = { 0 };

	program_add(&p->patterns.skip, "fine");
	cr_expect_eq(program_check(p, &err), 0);
	program_add(&p->patterns.skip, "(");
	cr_expect_eq(program_check(p, &err), -EINVAL);
	cr_expect(strncmp(err.text, "'(' is no regular expression: ", 30) == 0,
		  "%s", err.text);
	program_free(p);
}

Test(program, a_name_is_one_word)
{
	char *name = program_name_of("a b\t#c\\d\n");

	cr_expect_str_eq(name, "a_b__c_d_");
	free(name);
	name = program_name_of("");
	cr_expect_str_eq(name, "_");
	free(name);
}
