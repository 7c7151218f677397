/* SPDX-License-Identifier: MIT */
/* SIG-2, ENV-12. */
#include "run/interim.h"

#include "fake_run.h"
#include "run/collect.h"
#include "run/stop.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define N 4u

static struct fake_run f;
static struct fake_worker w;
static int ends[2]; /* what the fork was told, a line each */
static int n_forks;

static pid_t fork_reports(void *ctx)
{
	(void)ctx;
	n_forks++;
	return fork();
}

static void hear_event(void *ctx, const struct event *ev)
{
	const struct event_test *t = &ev->test;

	(void)ctx;
	if (ev->kind == EVENT_TEST_FINISHED)
		dprintf(ends[1], "%u %s %d %.*s\n", t->position,
			outcome_name(t->outcome), t->start_ns != 0,
			(int)t->output.head_len,
			t->output.head ? t->output.head : "");
	if (ev->kind == EVENT_RUN_FINISHED)
		dprintf(ends[1], "end %d\n", ev->finished.signo);
}

static void close_reports(void *ctx)
{
	(void)ctx;
	dprintf(ends[1], "closed\n");
}

static const struct run_interim how = {
	.fork = fork_reports,
	.close = close_reports,
	.sink = { .event = hear_event },
};

static void open_run(void)
{
	cr_assert_eq(pipe(ends), 0);
	fake_run_open(&f, N, 2);
	f.args.interim = &how;
	w = fake_worker_start(&f, 0, -1);
}

static void close_run(void)
{
	fake_run_close(&f);
}

TestSuite(interim, .init = open_run, .fini = close_run);

static const char *told(void)
{
	static char text[512];
	ssize_t got;

	interim_settle(&f.run);
	close(ends[1]);
	got = read(ends[0], text, sizeof(text) - 1);
	text[got > 0 ? got : 0] = '\0';
	return text;
}

Test(interim, reports_come_while_a_test_has_its_grace)
{
	fake_worker_run(&w, 2, OUTCOME_PASS);
	collect_all(&f.run);
	fake_worker_begin(&w, 1);
	fake_worker_print(&w, "so far");
	f.run.now_ns += 1;
	stop_for_signal(&f.run, SIGTERM);
	interim_turn(&f.run);
	cr_expect_eq(n_forks, 0, "it may be over before");
	cr_expect_leq(interim_due(&f.run), UINT64_C(1000000000));
	f.run.now_ns += interim_due(&f.run);
	interim_turn(&f.run);
	interim_turn(&f.run);
	cr_expect_eq(n_forks, 1, "once");
	cr_expect_str_eq(told(), "1 notrun 1 so far\n0 notrun 0 \n"
				 "3 notrun 0 \nend 15\nclosed\n");
	cr_expect_null(fake_run_told(&f, 1), "the run knows nothing of it");
	cr_expect_eq(fake_run_count(&f, EVENT_RUN_FINISHED), 0);
	fake_worker_gone(&w, FAKE_KILLED(SIGTERM));
	cr_expect_str_eq(fake_run_told(&f, 1)->output, "so far",
			 "its output is still there");
}

Test(interim, a_run_that_ends_in_time_has_none)
{
	uint32_t i;

	fake_worker_begin(&w, 0);
	stop_for_signal(&f.run, SIGINT);
	fake_worker_gone(&w, FAKE_KILLED(SIGINT));
	for (i = 1; i < N; i++)
		f.run.ended[i] = 1;
	f.run.n_ended = N;
	f.run.now_ns += UINT64_C(5000000000);
	interim_turn(&f.run);
	cr_expect_eq(n_forks, 0);
	cr_expect_str_eq(told(), "");
}

Test(interim, failures_and_deadlines_make_none)
{
	f.args.max_fail = 1;
	fake_worker_run(&w, 0, OUTCOME_FAIL);
	collect_all(&f.run);
	cr_assert(f.run.stop.asked);
	cr_expect_eq(interim_due(&f.run), LOOP_FOREVER);
}
