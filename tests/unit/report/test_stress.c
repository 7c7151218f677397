/* SPDX-License-Identifier: MIT */
/* What is said of copies that began together (NEW-8). */
#include "report/stress.h"

#include <criterion/criterion.h>
#include <string.h>

/* 2 copies in 4 volleys: slot 0 has positions 0 to 3, slot 1 has 4 to 7. */
static struct stress s;
static struct str out;

static void begin(void)
{
	const struct plan plan = { .copies = 2, .n_positions = 8 };
	const struct event_run run = { .plan = &plan };

	stress_begin(&s, &run);
	out = (struct str)STR_INIT;
}

static void end(void)
{
	stress_fini(&s);
	str_fini(&out);
}

TestSuite(stress, .init = begin, .fini = end);

static void add(uint32_t position, uint64_t start_ns, enum outcome outcome)
{
	stress_add(&s, &(struct event_test){ .position = position,
					     .start_ns = start_ns,
					     .outcome = outcome });
}

static void expect(bool several, uint32_t least, const char *text)
{
	stress_end(&s);
	stress_print(&out, &s, several, least);
	cr_expect_str_eq(str_get(&out), text);
}

Test(stress, tells_how_far_apart_they_began)
{
	add(0, 1000, OUTCOME_PASS);
	add(4, 1035, OUTCOME_PASS);
	add(5, 9100, OUTCOME_PASS);
	add(1, 7000, OUTCOME_PASS);
	add(2, 20000, OUTCOME_PASS);
	add(6, 20020, OUTCOME_PASS);
	expect(false, 6, "stress: 3 volleys of 2 copies, begun within 35 ns "
	       "of each other (95 % within 2.1 us)\n"
	       "0 of 6 copies failed, p(fail) < 39 % at 95 % confidence\n");
}

Test(stress, counts_a_late_crash_and_measures_nothing_by_it)
{
	add(4, 1035, OUTCOME_PASS);
	add(1, 7000, OUTCOME_PASS);
	add(5, 7010, OUTCOME_PASS);
	add(0, 1000, OUTCOME_CRASH);
	expect(false, 0, "stress: 2 volleys of 2 copies, begun within 10 ns "
	       "of each other (95 % within 10 ns)\n1 of 4 copies failed\n");
}

Test(stress, knows_nothing_of_what_did_not_begin)
{
	add(0, 1000, OUTCOME_PASS);
	add(4, 0, OUTCOME_NOTRUN);
	expect(false, 1, "stress: 1 volley of 2 copies\n0 of 1 copies failed, "
	       "p(fail) < 95 % at 95 % confidence\n");
}

Test(stress, says_nothing_by_what_was_skipped)
{
	add(0, 1000, OUTCOME_SKIP);
	add(4, 1000, OUTCOME_SKIP);
	expect(true, 0, "stress: 1 volley of 2 copies, begun within 0 ns of "
	       "each other (95 % within 0 ns)\n0 of 0 copies failed\n");
}
