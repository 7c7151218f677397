/* SPDX-License-Identifier: MIT */
/* Canaries that fail in the same way (CAN-3). */
#include "report/alike.h"

#include "model/plan.h"

#include <criterion/criterion.h>

static struct deal deals[] = { { .lo = 0, .hi = 1 }, { .lo = 1, .hi = 2 },
			       { .slot = 1, .lo = 2, .hi = 9 } };
static struct plan plan = { .deals = deals, .n_deals = 3, .n_canaries = 2 };
static const struct event_run run = { .plan = &plan };
static struct note note;
static struct event_test test;
static struct alike alike;

static void begin(void)
{
	alike = (struct alike){ 0 };
	note = (struct note){ .file = "a.c", .line = 7, .text = "no" };
	test = (struct event_test){ .outcome = OUTCOME_FAIL,
				    .exit_status = -1,
				    .n_failures = 1,
				    .notes = &note,
				    .n_notes = 1,
				    .output = { .head = "x", .head_len = 1,
						.tail = "", .total = 1 } };
	cr_assert_not(alike_add(&alike, &run, &test), "the first");
	test.position = 1;
}

TestSuite(alike, .init = begin);

Test(alike, the_second_is_as_the_first)
{
	test.slot = 3;
	test.duration_ns = 5;
	cr_expect(alike_add(&alike, &run, &test));
	cr_expect_eq(alike.position, 0);
}

Test(alike, whatever_is_told_makes_a_difference)
{
	struct event_test was = test;

	note.text = "yes";
	cr_expect_not(alike_add(&alike, &run, &test));
	note.text = "no";
	note.line = 8;
	cr_expect_not(alike_add(&alike, &run, &test));
	note.line = 7;
	test.output.head = "y";
	cr_expect_not(alike_add(&alike, &run, &test));
	test = was;
	test.outcome = OUTCOME_CRASH;
	cr_expect_not(alike_add(&alike, &run, &test));
	test = was;
	test.n_notes = 0;
	cr_expect_not(alike_add(&alike, &run, &test));
	cr_expect(alike_add(&alike, &run, &was), "and it is remembered");
}

Test(alike, other_tests_are_never_folded)
{
	test.position = 2;
	cr_expect_not(alike_add(&alike, &run, &test));
	test.position = 1;
	test.outcome = OUTCOME_PASS;
	cr_expect_not(alike_add(&alike, &run, &test));
}
