/* SPDX-License-Identifier: MIT */
/* The report for people, from events to bytes on two descriptors. */
#include "report/report.h"

#include "base/clock.h"
#include "base/sys.h"
#include "scene.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct stage {
	struct scene scene;
	struct report *report;
	struct sink sink;
	int out_fd, err_fd;
	uint64_t now_ns;
	char text[65536];
};

static void stage_open(struct stage *stage, struct report_setup setup)
{
	static const struct report_wanted wanted = { .ops = &report_term };
	struct err err = { 0 };

	scene_init(&stage->scene);
	if (setup.out_fd == 0)
		setup.out_fd = sys_memfd("out");
	setup.err_fd = sys_memfd("err");
	setup.version = "0.1.0";
	stage->out_fd = setup.out_fd;
	stage->err_fd = setup.err_fd;
	stage->report = report_open(&wanted, 1, &setup, &err);
	cr_assert_not_null(stage->report);
	stage->sink = report_sink(stage->report);
	stage->now_ns = 1000 * NS_PER_S;
}

/* Nothing can change any more how the run ended. */
static void stage_settle(struct stage *stage)
{
	struct err err;

	report_close(stage->report, &err);
	stage->report = NULL;
}

static int stage_close(struct stage *stage)
{
	int ret = stage->report ? report_close(stage->report, NULL) : 0;

	close(stage->out_fd);
	close(stage->err_fd);
	scene_fini(&stage->scene);
	return ret;
}

/* What was written to fd so far. */
static const char *stage_text(struct stage *stage, int fd)
{
	ssize_t n = sys_pread_all(fd, stage->text, sizeof(stage->text) - 1, 0);

	cr_assert_geq(n, 0);
	stage->text[n] = '\0';
	return stage->text;
}

static void stage_event(struct stage *stage, struct event ev)
{
	ev.now_ns = stage->now_ns;
	sink_event(&stage->sink, &ev);
}

static void stage_start(struct stage *stage)
{
	stage_event(stage, (struct event){ .kind = EVENT_RUN_STARTED,
					   .run = stage->scene.run });
}

static void stage_test(struct stage *stage, uint32_t position,
		       enum outcome outcome)
{
	stage_event(stage,
		    (struct event){ .kind = EVENT_TEST_FINISHED,
				    .test = scene_test(position, outcome) });
}

static void stage_progress(struct stage *stage)
{
	static const struct running running = { .position = 1,
						.slot = 0,
						.elapsed_ns = 35 * NS_PER_S };

	stage_event(stage, (struct event){
				   .kind = EVENT_PROGRESS,
				   .progress = { .running = &running,
						 .n_running = 1,
						 .tally.selected = 1001 },
			   });
}

static void stage_finish(struct stage *stage)
{
	stage_event(stage, (struct event){
				   .kind = EVENT_RUN_FINISHED,
				   .finished = { .why = "because" },
			   });
}

Test(report_term, starts_with_what_runs_where_and_why)
{
	struct stage stage;

	stage_open(&stage, (struct report_setup){ 0 });
	stage_start(&stage);
	cr_expect_str_eq(stage_text(&stage, stage.out_fd),
			 "shmrun 0.1.0: 1001 tests from 1 suite, 2 workers: "
			 "affinity 2, epoll, isolate auto, run "
			 "0b8f3c1e-0000-4000-8000-1234567890ab\n");
	stage_close(&stage);
}

/* Lines for the outcomes at one verbosity, as a string of their initials. */
static void shows(int verbosity, const char *expected)
{
	static const struct {
		enum outcome outcome;
		bool leak;
		char initial;
		const char *word;
	} cases[] = {
		{ OUTCOME_PASS, false, 'p', " PASS [" },
		{ OUTCOME_PASS, true, 'l', " PASS+LEAK [" },
		{ OUTCOME_FAIL, false, 'f', " FAIL [" },
		{ OUTCOME_CRASH, false, 'c', " CRASH [" },
		{ OUTCOME_TIMEOUT, false, 't', " TIMEOUT [" },
		{ OUTCOME_SKIP, false, 's', " SKIP [" },
		{ OUTCOME_ERROR, false, 'e', " ERROR [" },
		{ OUTCOME_FLAKY, false, 'y', " FLAKY [" },
		{ OUTCOME_NOTRUN, false, 'n', " NOTRUN [" },
	};
	char got[sizeof(cases) / sizeof(cases[0]) + 1] = "";
	struct stage stage;
	size_t i, n = 0;

	stage_open(&stage, (struct report_setup){ .verbosity = verbosity });
	stage_start(&stage);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct event_test test = scene_test(1, cases[i].outcome);

		test.leak = cases[i].leak;
		stage_event(&stage, (struct event){ .kind = EVENT_TEST_FINISHED,
						    .test = test });
	}
	stage.now_ns += NS_PER_S;
	stage_progress(&stage);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (strstr(stage_text(&stage, stage.out_fd), cases[i].word))
			got[n++] = cases[i].initial;
	cr_expect_str_eq(got, expected, "verbosity %d", verbosity);
	stage_close(&stage);
}

Test(report_term, verbosity_decides_which_tests_are_shown)
{
	shows(-1, "");
	shows(0, "lfctey");
	shows(1, "plfctseyn");
}

Test(report_term, quiet_is_the_closing_lines)
{
	struct stage stage;

	stage_open(&stage, (struct report_setup){ .verbosity = -1 });
	stage_start(&stage);
	stage_test(&stage, 0, OUTCOME_FAIL);
	stage_finish(&stage);
	stage_settle(&stage);
	cr_expect_str_eq(stage_text(&stage, stage.out_fd),
			 "0 tests in 0.000s\n"
			 "exit 0: because\n"
			 "0 passed, 0 failed\n");
	stage_close(&stage);
}

/* EXIT-10: a teardown may fail behind the tests. */
Test(report_term, the_verdict_is_the_last_one)
{
	struct stage stage;

	stage_open(&stage, (struct report_setup){ .verbosity = -1 });
	stage_start(&stage);
	stage_finish(&stage);
	cr_expect_str_eq(stage_text(&stage, stage.out_fd),
			 "0 tests in 0.000s\n");
	report_distrust(stage.report, EXIT_ENVIRONMENT, 0, "it failed");
	stage_settle(&stage);
	cr_expect_str_eq(stage_text(&stage, stage.out_fd),
			 "0 tests in 0.000s\n"
			 "exit 6: it failed\n"
			 "0 passed, 0 failed\n");
	stage_close(&stage);
}

/* A run that could not start is reported all the same. */
Test(report_term, may_finish_without_having_started)
{
	struct stage stage;

	stage_open(&stage, (struct report_setup){ 0 });
	stage_finish(&stage);
	stage_settle(&stage);
	cr_expect_not_null(strstr(stage_text(&stage, stage.out_fd),
				  "exit 0: because\n0 passed, 0 failed\n"));
	stage_close(&stage);
}

Test(report_term, lines_are_collected_for_100_ms_at_most)
{
	struct stage stage;

	stage_open(&stage, (struct report_setup){ 0 });
	stage_start(&stage);
	stage.now_ns += 99 * NS_PER_MS;
	stage_test(&stage, 0, OUTCOME_FAIL);
	cr_expect_null(strstr(stage_text(&stage, stage.out_fd), "FAIL"));
	stage.now_ns += NS_PER_MS;
	stage_test(&stage, 0, OUTCOME_FAIL);
	cr_expect_not_null(strstr(stage_text(&stage, stage.out_fd), "FAIL"));
	stage_close(&stage);
}

/* OUT-2: the report's memory does not grow with what it prints. */
Test(report_term, many_lines_do_not_wait)
{
	struct stage stage;
	int i;

	stage_open(&stage, (struct report_setup){ 0 });
	stage_start(&stage);
	for (i = 0; i < 3000; i++)
		stage_test(&stage, 0, OUTCOME_FAIL);
	cr_expect_gt(lseek(stage.out_fd, 0, SEEK_END), 65536);
	stage_close(&stage);
}

Test(report_term, off_a_terminal_a_heartbeat_every_30_s)
{
	struct stage stage;
	int i;

	stage_open(&stage, (struct report_setup){ 0 });
	stage_start(&stage);
	for (i = 0; i < 599; i++) {
		stage.now_ns += 100 * NS_PER_MS;
		stage_progress(&stage);
	}
	cr_expect_str_eq(stage_text(&stage, stage.err_fd),
			 "...  0/1001 tests, 0 failed, running: Big::range[0] "
			 "(35s)\n");
	stage_close(&stage);
}

/* Everything that is drawn is cleared before a line and at the end. */
Test(report_term, live_lines_are_cleared_before_others)
{
	static const char cleared[] = "\r\033[K\033[A\033[K";
	struct stage stage;
	const char *text;

	stage_open(&stage, (struct report_setup){ .live = true });
	stage_start(&stage);
	stage_progress(&stage);
	text = stage_text(&stage, stage.err_fd);
	cr_expect_str_eq(text + strlen(text) - strlen("Big::range[0]"),
			 "Big::range[0]");
	stage.now_ns += NS_PER_S;
	stage_test(&stage, 0, OUTCOME_FAIL);
	text = stage_text(&stage, stage.err_fd);
	cr_expect_str_eq(text + strlen(text) - strlen(cleared), cleared);
	stage_progress(&stage);
	stage_event(&stage, (struct event){ .kind = EVENT_WARNING,
					    .text = "look\033[2J" });
	text = stage_text(&stage, stage.err_fd);
	cr_expect_not_null(strstr(text + strlen(text) - 40,
				  "\r\033[K\033[A\033[Kwarning: look\\x1B[2J\n"));
	stage_progress(&stage);
	stage_finish(&stage);
	text = stage_text(&stage, stage.err_fd);
	cr_expect_str_eq(text + strlen(text) - strlen(cleared), cleared);
	stage_close(&stage);
}

Test(report_term, remarks_are_lines_too)
{
	struct stage stage;
	const char *text;

	stage_open(&stage, (struct report_setup){ 0 });
	stage_start(&stage);
	stage_event(&stage, (struct event){
				    .kind = EVENT_WORKER_LOST,
				    .worker = { 2, 1, "killed by SIGKILL" },
			    });
	stage_event(&stage, (struct event){
				    .kind = EVENT_TEST_SLOW,
				    .slow = { 0, 5, 60 * NS_PER_S,
					      1230 * NS_PER_MS, true },
			    });
	stage_event(&stage, (struct event){ .kind = EVENT_RUN_CANCELLED,
					    .text = "3 failures" });
	stage_finish(&stage);
	stage_settle(&stage);
	text = strchr(stage_text(&stage, stage.out_fd), '\n') + 1;
	cr_expect_str_eq(
		text, "        LOST worker w2, generation 1: killed by SIGKILL\n"
		      "        SLOW [  60.000s] Math::adds (w5), 1.23s of CPU\n"
		      "   CANCELLED 3 failures\n"
		      "0 tests in 0.000s\n"
		      "exit 0: because\n"
		      "0 passed, 0 failed\n");
	stage_close(&stage);
}

/* LONG-4: a run of two tests of 600 ms, and what is said of its time. */
static bool says_ideal(int verbosity, uint64_t elapsed_ms)
{
	struct stage stage;
	struct event ev = { .kind = EVENT_TEST_FINISHED };
	bool found;

	stage_open(&stage, (struct report_setup){ .verbosity = verbosity });
	stage_start(&stage);
	ev.test = scene_test(0, OUTCOME_PASS);
	ev.test.start_ns = stage.now_ns;
	ev.test.duration_ns = 600 * NS_PER_MS;
	stage_event(&stage, ev);
	ev.test.position = ev.test.test_ix = 1;
	stage_event(&stage, ev);
	stage_event(&stage, (struct event){
				    .kind = EVENT_RUN_FINISHED,
				    .finished = { .tally.selected = 2,
						  .elapsed_ns = elapsed_ms *
								NS_PER_MS,
						  .why = "because" },
			    });
	found = strstr(stage_text(&stage, stage.out_fd), "\nideal 0.600s, ");
	stage_close(&stage);
	return found;
}

Test(report_term, how_time_was_spent_is_told_of_runs_that_took_some)
{
	cr_expect(says_ideal(0, 1000));
	cr_expect_not(says_ideal(0, 999));
	cr_expect(says_ideal(1, 999));
	cr_expect_not(says_ideal(-1, 1000));
}

/* RPT-12 */
Test(report_term, as_many_of_the_slowest_as_are_wanted)
{
	struct stage stage;
	const char *text;

	stage_open(&stage, (struct report_setup){ .n_slowest = 1 });
	stage_start(&stage);
	stage_test(&stage, 0, OUTCOME_PASS);
	stage_test(&stage, 1, OUTCOME_PASS);
	stage_finish(&stage);
	text = stage_text(&stage, stage.out_fd);
	cr_expect_not_null(strstr(text, "slowest:\n      0.005s Math::adds\n"));
	cr_expect_null(strstr(text, "Big::range"));
	stage_close(&stage);
}

/* OUT-6 */
Test(report_term, a_full_disk_is_remembered)
{
	struct stage stage;

	stage_open(&stage, (struct report_setup){
				   .out_fd = open("/dev/full", O_WRONLY) });
	stage_start(&stage);
	stage_finish(&stage);
	cr_expect_not(report_has_lost_reader(stage.report));
	cr_expect_eq(stage_close(&stage), -ENOSPC);
}

/* OUT-3: a pipe of 64 KiB that nobody reads until the run has ended. */
Test(report_term, a_reader_that_sleeps_keeps_nobody_waiting)
{
	static char text[1 << 20];
	struct stage stage;
	int fds[2], i;
	ssize_t len;

	cr_assert_eq(pipe2(fds, O_CLOEXEC), 0);
	stage_open(&stage, (struct report_setup){ .out_fd = fds[1] });
	stage_start(&stage);
	for (i = 0; i < 3000; i++)
		stage_test(&stage, 0, OUTCOME_FAIL);
	len = read(fds[0], text, sizeof(text));
	cr_expect_gt(len, 32768, "it has what a pipe holds");
	cr_expect_leq(len, 65536);
	stage.now_ns += 100 * NS_PER_MS;
	stage_test(&stage, 0, OUTCOME_FAIL);
	cr_expect_gt(read(fds[0], text, sizeof(text)), 32768,
		     "and then more of it");
	stage_close(&stage);
}

/* OUT-7: whoever shares the open file may have made it so. */
Test(report_term, a_descriptor_that_does_not_block_loses_nothing)
{
	static char text[1 << 16];
	struct stage stage;
	size_t got = 0;
	ssize_t len;
	int fds[2], i;
	pid_t reader;

	cr_assert_eq(pipe2(fds, O_CLOEXEC | O_NONBLOCK), 0);
	stage_open(&stage, (struct report_setup){ .out_fd = fds[1] });
	stage_start(&stage);
	for (i = 0; i < 3000; i++)
		stage_test(&stage, 0, OUTCOME_FAIL);
	reader = fork();
	if (reader == 0) {
		close(fds[1]);
		fcntl(fds[0], F_SETFL, 0);
		while ((len = read(fds[0], text, sizeof(text))) > 0)
			got += (size_t)len;
		_exit(got > 100000 ? 0 : 1);
	}
	cr_expect_eq(stage_close(&stage), 0);
	close(fds[1]);
	waitpid(reader, &i, 0);
	cr_expect_eq(i, 0, "the reader has all of it");
}

/* SIG-10 */
Test(report_term, a_closed_pipe_is_a_lost_reader)
{
	struct stage stage;
	int fds[2];

	signal(SIGPIPE, SIG_IGN);
	cr_assert_eq(pipe(fds), 0);
	close(fds[0]);
	stage_open(&stage, (struct report_setup){ .out_fd = fds[1] });
	stage_start(&stage);
	cr_expect(report_has_lost_reader(stage.report));
	cr_expect_eq(stage_close(&stage), -EPIPE);
}
