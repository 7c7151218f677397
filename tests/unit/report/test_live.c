/* SPDX-License-Identifier: MIT */
/* OUT-8: no line wraps, and only CR, CSI K, CSI A and colours are used. */
#include "report/live.h"

#include "base/clock.h"
#include "report/utf8.h"
#include "scene.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct running running[20];

static struct event_progress progress(size_t n_running)
{
	struct event_progress p = { .elapsed_ns = 10 * NS_PER_S,
				    .running = running,
				    .n_running = n_running };
	size_t i;

	for (i = 0; i < n_running; i++)
		running[i] = (struct running){
			.position = i ? (uint32_t)i : SCENE_HOSTILE_POSITION,
			.slot = (uint16_t)i,
			.elapsed_ns = 35 * NS_PER_S,
		};
	p.tally.selected = 1001;
	p.tally.count[OUTCOME_PASS] = 247;
	p.tally.count[OUTCOME_FAIL] = 3;
	return p;
}

Test(live, draws_a_bar_and_who_runs)
{
	struct event_progress p = progress(2);
	struct live live = { 0 };
	struct str out = STR_INIT;
	struct scene scene;

	scene_init(&scene);
	live_draw(&live, &out,
		  &(struct live_frame){ .run = &scene.run,
					.progress = &p,
					.columns = 60,
					.rows = 24 });
	cr_expect_str_eq(str_get(&out),
			 "     250/1001  24% [===>           ] "
			 "3 failed, 10s, ETA 30s\n"
			 "         35s w0 " SCENE_HOSTILE_SHOWN "\n"
			 "         35s w1 Big::range[0]");
	cr_expect_eq(live.n_lines, 3);
	str_fini(&out);
	scene_fini(&scene);
}

Test(live, clears_what_it_has_drawn)
{
	struct live live = { .n_lines = 3 };
	struct str out = STR_INIT;

	live_erase(&live, &out, 80);
	cr_expect_str_eq(str_get(&out), "\r\033[K\033[A\033[K\033[A\033[K");
	cr_expect_eq(live.n_lines, 0);
	str_clear(&out);
	live_erase(&live, &out, 80);
	cr_expect_str_eq(str_get(&out), "", "nothing is left to clear");
	str_fini(&out);
}

/* SIG-9 */
Test(live, clears_what_a_narrower_terminal_made_of_it)
{
	struct live live = { .n_lines = 3, .widths = { 79, 12, 40 } };
	struct live cut = live;
	struct str out = STR_INIT;

	live_erase(&live, &out, 40);
	cr_expect_str_eq(str_get(&out), "\r\033[K\033[A\033[K\033[A\033[K"
					"\033[A\033[K");
	str_clear(&out);
	live_erase(&cut, &out, 0);
	cr_expect_str_eq(str_get(&out), "\r\033[K\033[A\033[K\033[A\033[K",
			 "one that cuts lines has not made more of them");
	str_fini(&out);
}

/* Columns of the widest line; escape sequences take none. */
static size_t widest(const char *text)
{
	size_t most = 0, width = 0;

	while (*text) {
		uint32_t c = 0;

		if (*text == '\033')
			text += strcspn(text, "mKA");
		else if (*text == '\n' || *text == '\r')
			width = 0;
		else if (utf8_decode(text, strlen(text), &c) > 1)
			width += (size_t)utf8_width(c);
		else
			width++;
		text += c > 0x7f ? utf8_decode(text, strlen(text), &c) : 1;
		most = width > most ? width : most;
	}
	return most;
}

static size_t count_lines(const char *text)
{
	size_t n = 1;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

Test(live, fits_every_terminal)
{
	struct event_progress p = progress(20);
	struct scene scene;
	uint32_t columns, rows;

	scene_init(&scene);
	for (columns = 20; columns < 130; columns++) {
		for (rows = 1; rows < 30; rows++) {
			struct live live = { 0 };
			struct str out = STR_INIT;

			live_draw(&live, &out,
				  &(struct live_frame){ .run = &scene.run,
							.progress = &p,
							.columns = columns,
							.rows = rows,
							.color = true });
			cr_assert_lt(widest(str_get(&out)), columns);
			cr_assert_eq(count_lines(str_get(&out)), live.n_lines);
			cr_assert(live.n_lines < rows || live.n_lines == 1);
			cr_assert_leq(live.n_lines, LIVE_LINES_MAX);
			str_fini(&out);
		}
	}
	scene_fini(&scene);
}

Test(live, asks_columns_where_the_terminal_does_not_say)
{
	static const struct {
		const char *text;
		uint32_t columns;
	} rows[] = {
		{ "132", 132 }, { "7", 20 }, { "0", 80 }, { "wide", 80 },
		{ "", 80 },	{ "-3", 80 }, { "99999999999999999999", 80 },
	};
	struct live_frame frame;
	size_t i;

	unsetenv("COLUMNS");
	live_measure(&frame, -1);
	cr_expect_eq(frame.columns, 80);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		setenv("COLUMNS", rows[i].text, 1);
		live_measure(&frame, -1);
		cr_expect_eq(frame.columns, rows[i].columns, "%s",
			     rows[i].text);
	}
}

Test(live, an_empty_run_divides_by_nothing)
{
	struct event_progress p = { 0 };
	struct live live = { 0 };
	struct str out = STR_INIT;
	struct scene scene;

	scene_init(&scene);
	live_draw(&live, &out,
		  &(struct live_frame){ .run = &scene.run,
					.progress = &p,
					.columns = 40,
					.rows = 24 });
	cr_expect_not_null(strstr(str_get(&out), "0/0 100%"));
	cr_expect_null(strstr(str_get(&out), "ETA"));
	str_fini(&out);
	scene_fini(&scene);
}

/* 20 tests run in slots 0 to 19 of so many. */
static void draw_slots(struct str *out, uint32_t jobs, uint32_t columns)
{
	struct event_progress p = progress(20);
	struct live live = { 0 };
	struct scene scene;

	scene_init(&scene);
	scene.run.jobs = jobs;
	live_draw(&live, out,
		  &(struct live_frame){ .run = &scene.run,
					.progress = &p,
					.columns = columns,
					.rows = 24 });
	cr_expect_eq(live.n_lines, 1 + LIVE_RUNNING_MAX + 1 + (jobs > 8));
	scene_fini(&scene);
}

Test(live, shows_all_slots_where_more_than_are_named)
{
	struct str out = STR_INIT;

	draw_slots(&out, 24, 60);
	cr_expect(strstr(str_get(&out),
			 "\n             [####################....]"), "%s",
		  str_get(&out));
	str_clear(&out);
	draw_slots(&out, 8, 60);
	cr_expect_not(strstr(str_get(&out), "..]"));
	str_fini(&out);
}

Test(live, folds_slots_that_do_not_fit)
{
	struct str out = STR_INIT;

	draw_slots(&out, 48, 32);
	cr_expect(strstr(str_get(&out), "\n             [######+.........]"),
		  "three slots in a column: %s", str_get(&out));
	str_fini(&out);
}

/* Each row of the costs is of 171.8 s. */
static void know_costs(struct costs *costs, const struct scene *scene)
{
	uint32_t i;

	costs_init(costs, scene->run.listing);
	for (i = 0; i < costs->n_rows; i++)
		costs->rows[i] = (struct cost){ .est_ns = 40 * 0x1p32f,
						.known = true };
}

Test(live, says_how_long_tests_are_expected_to_take)
{
	struct event_progress p = progress(1);
	struct live live = { 0 };
	struct str out = STR_INIT;
	struct costs costs;
	struct scene scene;

	scene_init(&scene);
	know_costs(&costs, &scene);
	live_draw(&live, &out,
		  &(struct live_frame){ .run = &scene.run,
					.progress = &p,
					.costs = &costs,
					.columns = 60,
					.rows = 24 });
	cr_expect(strstr(str_get(&out), " 35s/2m51s w0 "), "%s",
		  str_get(&out));
	cr_expect(strstr(str_get(&out), "ETA 2m16s"),
		  "no run ends before its longest test: %s", str_get(&out));
	str_fini(&out);
	costs_fini(&costs);
	scene_fini(&scene);
}

Test(live, tells_a_task_bar_how_far_it_is)
{
	struct event_progress p = progress(0);
	struct str out = STR_INIT;

	live_add_taskbar(&out, &p);
	cr_expect_str_eq(str_get(&out), "\033]9;4;2;24\033\\", "failed");
	str_clear(&out);
	p.tally.count[OUTCOME_FAIL] = 0;
	live_add_taskbar(&out, &p);
	cr_expect_str_eq(str_get(&out), "\033]9;4;1;24\033\\");
	str_clear(&out);
	live_add_taskbar(&out, NULL);
	cr_expect_str_eq(str_get(&out), "\033]9;4;0\033\\");
	str_fini(&out);
}
