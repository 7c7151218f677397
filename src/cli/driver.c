/* SPDX-License-Identifier: MIT */
#include "cli/driver.h"

#include "base/die.h"
#include "base/sys.h"
#include "cli/option_suite.h"
#include "model/tally.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Results as Automake calls them, the worst first. */
enum result {
	RESULT_ERROR,
	RESULT_FAIL,
	RESULT_XPASS,
	RESULT_XFAIL,
	RESULT_SKIP,
	RESULT_PASS,
	N_RESULTS
};

static const char *const result_names[N_RESULTS] = {
	"ERROR", "FAIL", "XPASS", "XFAIL", "SKIP", "PASS",
};

/* As Automake's own drivers colour them. */
static const char *const result_colors[N_RESULTS] = {
	"\033[0;35m", "\033[0;31m", "\033[0;31m",
	"\033[1;32m", "\033[1;34m", "\033[0;32m",
};

/* ---- the log --------------------------------------------------------- */

int driver_open(struct driver *d, const struct options *o, struct err *err)
{
	int fd;

	*d = (struct driver){ .o = o, .out_fd = -1 };
	if (!o->driver.trs_file)
		return 0;
	fd = open(o->driver.log_file, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND,
		  0666);
	if (fd < 0)
		return err_sys(err, -errno, "cannot write %s",
			       o->driver.log_file);
	d->out_fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	close(fd);
	return d->out_fd < 0 ? err_sys(err, -errno, "cannot keep stdout") : 0;
}

/* ---- results --------------------------------------------------------- */

static enum result driver_result_of(const struct driver *d,
				    enum outcome outcome)
{
	bool wants_failure = d->o->driver.expect_failure;

	switch (outcome) {
	case OUTCOME_PASS:
	case OUTCOME_FLAKY:
		return wants_failure ? RESULT_XPASS : RESULT_PASS;
	case OUTCOME_SKIP:
		return RESULT_SKIP;
	case OUTCOME_ERROR:
	case OUTCOME_NOTRUN:
	case OUTCOME_NONE:
	case N_OUTCOMES:
		if (!d->o->driver.soft_errors)
			return RESULT_ERROR;
		break;
	case OUTCOME_FAIL:
	case OUTCOME_CRASH:
	case OUTCOME_TIMEOUT:
		break;
	}
	return wants_failure ? RESULT_XFAIL : RESULT_FAIL;
}

static void driver_count(struct driver *d, enum result result)
{
	switch (result) {
	case RESULT_PASS:
		d->n_pass++;
		break;
	case RESULT_XFAIL:
		d->n_xfail++;
		break;
	case RESULT_SKIP:
		d->n_skip++;
		break;
	case RESULT_FAIL:
	case RESULT_XPASS:
		d->n_fail++;
		break;
	case RESULT_ERROR:
	case N_RESULTS:
		d->n_error++;
		break;
	}
}

/* A line of text: names may hold what a test printed. */
static void driver_add(struct driver *d, enum result result, const char *text,
		       size_t len)
{
	size_t i;

	driver_count(d, result);
	/* Those that passed are many, and counted in one line. */
	if (result == RESULT_PASS || result == RESULT_SKIP)
		return;
	str_addf(&d->lines, ":test-result: %s ", result_names[result]);
	for (i = 0; i < len; i++) {
		char c = text[i];

		if ((unsigned char)c < ' ')
			c = ' ';
		str_add_char(&d->lines, c);
	}
	str_add_char(&d->lines, '\n');
}

static void driver_add_points(struct driver *d, const struct event_test *t)
{
	static const enum outcome outcomes[N_NOTE_KINDS] = {
		[NOTE_POINT_OK] = OUTCOME_PASS,
		[NOTE_POINT_FAILED] = OUTCOME_FAIL,
		[NOTE_POINT_SKIPPED] = OUTCOME_SKIP,
		[NOTE_POINT_BONUS] = OUTCOME_PASS,
	};
	size_t i;

	for (i = 0; i < t->n_points; i++) {
		const struct note *p = &t->points[i];
		enum result result =
			p->kind == NOTE_POINT_TODO
				? RESULT_XFAIL
				: driver_result_of(d, outcomes[p->kind]);

		driver_add(d, result, p->text, strcspn(p->text, "\n"));
	}
}

static void driver_take_test(struct driver *d, const struct event_test *t)
{
	enum result result = driver_result_of(d, t->outcome);
	struct str name = STR_INIT;
	uint64_t before = d->n_fail + d->n_error;

	driver_add_points(d, t);
	plan_print_name(&name, d->run.plan, d->run.listing, t->position);
	/* A program is as good as its points, or worse. */
	if (t->n_points == 0 ||
	    (result <= RESULT_XPASS && d->n_fail + d->n_error == before))
		driver_add(d, result, str_get(&name), name.len);
	str_fini(&name);
}

static void driver_event(void *ctx, const struct event *ev)
{
	struct driver *d = ctx;

	if (ev->kind == EVENT_RUN_STARTED) {
		d->run = ev->run;
		d->is_empty = ev->run.partition &&
			      ev->run.plan->n_positions == 0;
	}
	sink_event(d->next, ev);
	if (ev->kind == EVENT_TEST_FINISHED)
		driver_take_test(d, &ev->test);
	if (ev->kind == EVENT_RUN_FINISHED)
		d->has_suite_errors = ev->finished.tally.suite_errors > 0;
}

struct sink driver_sink(struct driver *d, const struct sink *next)
{
	d->next = next;
	if (d->out_fd < 0)
		return *next;
	return (struct sink){ .event = driver_event,
			      .ctx = d,
			      .progress_ns = next->progress_ns };
}

/* ---- the files ------------------------------------------------------- */

static enum result driver_sum(const struct driver *d)
{
	if (d->n_error)
		return RESULT_ERROR;
	if (d->n_fail)
		return d->o->driver.expect_failure ? RESULT_XPASS : RESULT_FAIL;
	if (d->n_pass + d->n_xfail == 0)
		return RESULT_SKIP;
	return d->o->driver.expect_failure ? RESULT_XFAIL : RESULT_PASS;
}

static void driver_add_count(struct driver *d, enum result result, uint64_t n)
{
	if (n)
		str_addf(&d->lines, ":test-result: %s %" PRIu64 " test%s\n",
			 result_names[result], n, n == 1 ? "" : "s");
}

static void driver_add_sum(struct driver *d, enum result sum)
{
	bool again = sum <= RESULT_XPASS;

	driver_add_count(d, RESULT_PASS, d->n_pass);
	driver_add_count(d, RESULT_SKIP, d->n_skip);
	str_addf(&d->lines,
		 ":global-test-result: %s\n:recheck: %s\n"
		 ":copy-in-global-log: %s\n",
		 result_names[sum], again ? "yes" : "no",
		 sum == RESULT_PASS ? "no" : "yes");
}

static int driver_write(const struct driver *d)
{
	const char *path = d->o->driver.trs_file;
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	int ret;

	if (fd < 0)
		return -errno;
	ret = sys_write_all(fd, str_get(&d->lines), d->lines.len);
	if (close(fd) < 0 && ret == 0)
		ret = -errno;
	return ret;
}

static void driver_print(const struct driver *d, enum result sum)
{
	bool color = d->o->driver.color;

	dprintf(d->out_fd, "%s%s%s: %s\n", color ? result_colors[sum] : "",
		result_names[sum], color ? "\033[m" : "",
		d->o->driver.test_name);
}

/* What no test says, such as that the suite cannot be loaded. */
static void driver_add_status(struct driver *d, int status)
{
	static const char why[] = "see the log";
	bool good = status == EXIT_PASSED || status == EXIT_FAILED ||
		    status == EXIT_SKIPPED;
	bool told = d->n_pass + d->n_xfail + d->n_skip + d->n_fail +
			    d->n_error > 0 || d->is_empty;

	/* A fixture's teardown is no test, and may be all that failed. */
	if (!good || d->has_suite_errors || !told)
		driver_add(d, RESULT_ERROR, why, sizeof(why) - 1);
}

int driver_close(struct driver *d, int status)
{
	enum result sum;
	int ret;

	if (d->out_fd < 0)
		return status;
	driver_add_status(d, status);
	sum = driver_sum(d);
	driver_add_sum(d, sum);
	ret = driver_write(d);
	if (ret < 0)
		dprintf(d->out_fd, "%s: cannot write %s: %s\n", program_name,
			d->o->driver.trs_file, strerror(-ret));
	else
		driver_print(d, sum);
	close(d->out_fd);
	str_fini(&d->lines);
	return ret < 0 ? EXIT_UNTRUSTED : EXIT_PASSED;
}

/* ---- words ----------------------------------------------------------- */

/* A word of a list's line, which is not to be taken apart. */
static void driver_quote(struct str *line, const char *word)
{
	str_add_char(line, '\'');
	for (; *word; word++) {
		if (*word == '\'')
			str_add(line, "'\\'");
		str_add_char(line, *word);
	}
	str_add(line, "' ");
}

/* dlname='demo.so' of a libtool archive is DIR/.libs/demo.so; NULL = it is
 * none. */
static char *driver_find_la(const char *path)
{
	const char *slash = strrchr(path, '/'), *at;
	char text[8192], *end;
	struct str out = STR_INIT;
	size_t len = strlen(path);

	if (len < 4 || strcmp(path + len - 3, ".la") != 0 ||
	    sys_read_text(path, text, sizeof(text)) < 0)
		return NULL;
	at = strstr(text, "\ndlname='");
	end = at ? strchr(at + 9, '\'') : NULL;
	if (!end || end == at + 9)
		return NULL;
	*end = '\0';
	if (slash)
		str_add_len(&out, path, (size_t)(slash - path) + 1);
	str_addf(&out, ".libs/%s", at + 9);
	return out.text;
}

/* The log is what people read; the run is one of many. */
static void driver_settle(struct options *o)
{
	o->verbosity = max_of(o->verbosity, 1);
	o->color = COLOR_NEVER;
	o->no_timings = !o->timings;
	if (!o->record)
		o->record = "none";
}

int driver_take_words(struct options *o, char **words, uint32_t n,
		      struct err *err)
{
	struct str line = STR_INIT;
	uint32_t i;

	if (n == 0)
		return err_set(err, -EINVAL, "there is no test to drive");
	driver_settle(o);
	if (n == 1) {
		o->driver.path = driver_find_la(words[0]);
		option_add_suite(o, o->driver.path ? o->driver.path : words[0],
				 NULL);
		return 0;
	}
	if (o->driver.test_name) {
		str_addf(&line, "@name=");
		driver_quote(&line, o->driver.test_name);
	}
	for (i = 0; i < n; i++)
		driver_quote(&line, words[i]);
	option_add_command(o, str_get(&line));
	str_fini(&line);
	return 0;
}
