/* SPDX-License-Identifier: MIT */
/* What is left of a run is told by what earlier runs know of its tests. */
#include "report/pace.h"

#include "base/clock.h"
#include "scene.h"

#include <criterion/criterion.h>

static struct scene s;
static struct costs costs;
static struct pace pace;

static void begin(void)
{
	scene_init(&s);
	costs_init(&costs, &s.listing);
}

static void end(void)
{
	costs_fini(&costs);
	scene_fini(&s);
}

TestSuite(pace, .init = begin, .fini = end);

/* The first test is known to take so long, each of the range 100 ms. */
static void know(double first_s, bool known)
{
	uint32_t i;

	for (i = 0; i < costs.n_rows; i++)
		costs.rows[i] = (struct cost){ .est_ns = 1e8f,
					       .known = known };
	costs.rows[0].est_ns = (float)(first_s * 1e9);
	pace_begin(&pace, &s.run, &costs);
}

/* The first so many of the range have ended. */
static struct event_progress ended(uint32_t n, uint64_t elapsed_s)
{
	struct event_test test = scene_test(1, OUTCOME_PASS);
	struct event_progress p = { .elapsed_ns = elapsed_s * NS_PER_S };

	p.tally.selected = SCENE_POSITIONS;
	p.tally.count[OUTCOME_PASS] = n;
	test.test_ix = 1;
	for (test.index = 0; test.index < n; test.index++)
		pace_add(&pace, &test);
	return p;
}

static double left_s(const struct event_progress *p)
{
	return (double)pace_left_ns(&pace, &s.run, p) / 1e9;
}

static void expect_left(struct event_progress p, double s_left,
			double within)
{
	cr_expect_float_eq(left_s(&p), s_left, within, "%f", left_s(&p));
}

Test(pace, one_long_test_at_the_end_is_half_of_the_run)
{
	know(100, true);
	expect_left(ended(999, 50), 50.1, 0.2);
}

Test(pace, what_runs_is_done_in_part)
{
	struct running running = { .position = 0,
				   .elapsed_ns = 90 * NS_PER_S };
	struct event_progress p;

	know(100, true);
	p = ended(999, 95);
	p.running = &running;
	p.n_running = 1;
	expect_left(p, 5.1, 0.1);
	running.elapsed_ns = 1000 * NS_PER_S;
	cr_expect_lt(left_s(&p), 1, "it takes longer than ever");
}

Test(pace, at_first_all_workers_share_what_there_is)
{
	know(100, true);
	expect_left(ended(1, 3), 99.9, 0.2);
}

Test(pace, where_nothing_is_known_tests_are_counted)
{
	struct event_progress p;

	know(100, false);
	p = ended(500, 10);
	expect_left(p, 10.02, 0.01);
	pace_begin(&pace, &s.run, NULL);
	expect_left(p, 10.02, 0.01);
}

Test(pace, of_the_last_ones_that_all_run_nothing_is_said)
{
	struct running running[] = { { .position = 0 }, { .position = 1000 } };
	struct event_progress p;

	pace_begin(&pace, &s.run, NULL);
	p = ended(999, 10);
	p.running = running;
	p.n_running = 2;
	cr_expect_eq(pace_left_ns(&pace, &s.run, &p), 0);
	p.n_running = 1;
	cr_expect_neq(pace_left_ns(&pace, &s.run, &p), 0);
}
