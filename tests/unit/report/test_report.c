/* SPDX-License-Identifier: MIT */
/* The fan-out, with reporters made for it. */
#include "report/report.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the two reporters have seen, in order; one test, one process. */
static char seen[128];

static void saw(const char *what)
{
	strcat(seen, what);
}

static int open_ok(void *priv, const struct report_setup *setup,
		   struct err *err)
{
	(void)err;
	*(int *)priv = setup->verbosity;
	return 0;
}

static int open_bad(void *priv, const struct report_setup *setup,
		    struct err *err)
{
	(void)priv;
	(void)setup;
	return err_set(err, -EACCES, "not today");
}

static int event_a(void *priv, const struct event *ev)
{
	(void)ev;
	saw("a");
	return *(int *)priv;
}

static int event_b(void *priv, const struct event *ev)
{
	(void)priv;
	(void)ev;
	saw("b");
	return 0;
}

static int close_a(void *priv)
{
	(void)priv;
	saw("A");
	return 0;
}

static int close_b(void *priv)
{
	(void)priv;
	saw("B");
	return -ENOSPC;
}

static int distrust_b(void *priv, const struct event *end)
{
	(void)priv;
	saw("!");
	saw(end->finished.why);
	return 0;
}

/* Its event() returns what the setup calls verbosity. */
static const struct report_ops report_a = {
	.name = "a", .help = "", .size = sizeof(int),
	.open = open_ok, .event = event_a, .close = close_a,
};
static const struct report_ops report_b = {
	.name = "b", .help = "", .size = sizeof(int),
	.open = open_ok, .event = event_b, .close = close_b,
	.distrust = distrust_b,
};
static const struct report_ops report_bad = {
	.name = "bad", .help = "", .size = sizeof(int),
	.open = open_bad, .event = event_b, .close = close_b,
};

static const struct event event = { .kind = EVENT_WARNING, .text = "" };
static const struct event end = { .kind = EVENT_RUN_FINISHED,
				  .finished = { .why = "all passed" } };

Test(report, each_event_goes_to_all_in_order)
{
	const struct report_wanted wanted[] = { { .ops = &report_a },
						{ .ops = &report_b } };
	const struct report_setup setup = { .verbosity = 0 };
	struct err err = { 0 };
	struct report *r = report_open(wanted, array_size(wanted), &setup,
					&err);
	struct sink sink = report_sink(r);

	sink_event(&sink, &event);
	sink_event(&sink, &event);
	cr_expect_str_eq(seen, "abab");
	cr_expect_not(report_has_lost_reader(r));
	report_close(r, &err);
	cr_expect_str_eq(seen, "ababAB");
}

/* OUT-6 */
Test(report, the_first_failed_write_is_told_at_the_end)
{
	const struct report_wanted wanted[] = { { .ops = &report_a },
						{ .ops = &report_b } };
	const struct report_setup setup = { .verbosity = -EIO };
	struct err err = { 0 };
	struct report *r = report_open(wanted, array_size(wanted), &setup,
					&err);
	struct sink sink = report_sink(r);

	sink_event(&sink, &event);
	cr_expect_str_eq(seen, "ab", "the others are told all the same");
	cr_expect_eq(report_close(r, &err), -EIO);
	cr_expect_not_null(strstr(err.text, "could not write the a report"));
}

static struct report *open_ba(int verbosity)
{
	const struct report_wanted wanted[] = { { .ops = &report_b },
						{ .ops = &report_a } };
	const struct report_setup setup = { .verbosity = verbosity };
	struct err err = { 0 };

	return report_open(wanted, array_size(wanted), &setup, &err);
}

/* STATE-13 */
Test(report, what_one_could_not_write_all_say_before_they_close)
{
	struct report *r = open_ba(-EIO);
	struct sink sink = report_sink(r);
	struct err err = { 0 };

	sink_event(&sink, &event);
	sink_event(&sink, &end);
	report_close(r, &err);
	cr_expect_str_eq(seen, "bab!could not write the a report: "
			       "Input/output errorBaA");
}

/* STATE-13 */
Test(report, none_says_of_a_run_without_an_end_how_it_ended)
{
	struct report *r = open_ba(0);
	struct sink sink = report_sink(r);
	struct err err = { 0 };

	sink_event(&sink, &event);
	report_distrust(r, EXIT_ENVIRONMENT, 0, "no");
	report_close(r, &err);
	cr_expect_str_eq(seen, "baBA");
}

/* EXIT-10: who cannot correct what it said waits. */
Test(report, how_the_run_ended_is_told_when_nothing_can_change_it)
{
	struct report *r = open_ba(0);
	struct sink sink = report_sink(r);
	struct err err = { 0 };

	sink_event(&sink, &end);
	cr_expect_str_eq(seen, "b");
	report_distrust(r, EXIT_PASSED, 0, "it changes nothing");
	report_distrust(r, EXIT_ENVIRONMENT, 0, "x");
	report_close(r, &err);
	cr_expect_str_eq(seen, "b!xBaA");
}

Test(report, a_failure_to_close_counts)
{
	const struct report_wanted wanted[] = { { .ops = &report_b } };
	const struct report_setup setup = { 0 };
	struct err err = { 0 };
	struct report *r = report_open(wanted, array_size(wanted), &setup,
					&err);

	cr_expect_eq(report_close(r, &err), -ENOSPC);
}

/* SIG-10 */
Test(report, a_reader_that_has_gone_is_noticed_at_once)
{
	const struct report_wanted wanted[] = { { .ops = &report_a } };
	const struct report_setup setup = { .verbosity = -EPIPE };
	struct err err = { 0 };
	struct report *r = report_open(wanted, array_size(wanted), &setup,
					&err);
	struct sink sink = report_sink(r);

	sink_event(&sink, &event);
	cr_expect(report_has_lost_reader(r));
	cr_expect_eq(report_close(r, &err), -EPIPE);
}

Test(report, what_was_open_is_closed_when_one_cannot_be)
{
	const struct report_wanted wanted[] = { { .ops = &report_a },
						{ .ops = &report_bad } };
	const struct report_setup setup = { 0 };
	struct err err = { 0 };

	cr_expect_null(report_open(wanted, array_size(wanted), &setup,
					&err));
	cr_expect_str_eq(err.text, "report bad: not today");
	cr_expect_str_eq(seen, "A");
}

/* ---- a copy of all (SIG-2) -------------------------------------------- */

static int open_file(void *priv, const struct report_setup *setup,
		     struct err *err)
{
	(void)err;
	*(int *)priv = setup->out_fd;
	return 0;
}

static int write_text(void *priv, const struct event *ev)
{
	const char *text = ev->kind == EVENT_RUN_FINISHED ? "end\n" : ev->text;
	int fd = *(int *)priv;

	return write(fd, text, strlen(text)) < 0 ? -errno : 0;
}

static int close_file(void *priv)
{
	(void)priv;
	return 0;
}

static const struct report_ops report_text = {
	.name = "text", .help = "", .size = sizeof(int),
	.place = REPORT_TO_STREAM,
	.open = open_file, .event = write_text, .close = close_file,
};

static const char *text_of(const char *path)
{
	static char text[128];
	int fd = open(path, O_RDONLY);
	ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	close(fd);
	text[got > 0 ? got : 0] = '\0';
	return got < 0 ? NULL : text;
}

static void put(struct report *r, enum event_kind kind, const char *text)
{
	struct sink sink = report_sink(r);
	struct event ev = { .kind = kind, .text = text };

	sink_event(&sink, &ev);
}

static void finish(struct report *r)
{
	struct sink sink = report_sink(r);
	struct err err = { 0 };

	sink_event(&sink, &end);
	cr_expect_eq(report_close(r, &err), 0, "%s", err.text);
}

/* People and who reads a pipe are told by the parent alone. */
Test(report, a_fork_has_files_of_its_own)
{
	char dir[] = "/tmp/shmrun-report.XXXXXX", path[64];
	const struct report_wanted wanted[] = {
		{ .ops = &report_text, .path = path },
		{ .ops = &report_text, .path = "/dev/null" },
		{ .ops = &report_a },
	};
	const struct report_setup setup = { .out_fd = -1 };
	struct err err = { 0 };
	struct report *r;
	int status = -1;
	pid_t pid;

	cr_assert_not_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/report", dir);
	r = report_open(wanted, array_size(wanted), &setup, &err);
	cr_assert_not_null(r, "%s", err.text);
	put(r, EVENT_WARNING, "one\n");
	pid = report_fork(r);
	if (pid == 0) {
		seen[0] = '\0';
		put(r, EVENT_WARNING, "so far\n");
		finish(r);
		_exit(*seen != '\0');
	}
	put(r, EVENT_WARNING, "two\n");
	waitpid(pid, &status, 0);
	cr_expect_eq(status, 0, "only files are told in the fork");
	cr_expect_str_eq(text_of(path), "one\nso far\nend\n");
	finish(r);
	cr_expect_str_eq(text_of(path), "one\ntwo\nend\n", "replaced");
	unlink(path);
	cr_expect_eq(rmdir(dir), 0, "nothing else is left");
}
