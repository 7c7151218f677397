/* SPDX-License-Identifier: MIT */
/*
 * report_github.c - for GitHub Actions: annotations at the lines that failed,
 * and the job's summary.
 *
 * Annotations go where people read; 10 of a step are shown.  The summary is
 * appended to its path, else to $GITHUB_STEP_SUMMARY; it is Markdown, and one
 * byte above a megabyte would lose it all.
 */
#include "report/report.h"

#include "base/clock.h"
#include "model/verdict.h"
#include "report/out.h"
#include "report/repeats.h"
#include "report/visible.h"
#include "report/words.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GITHUB_ANNOTATIONS 10u
#define GITHUB_FAILED_MAX (800u * 1000)
#define GITHUB_UNSTEADY_MAX (100u * 1000)
#define GITHUB_MESSAGE_MAX 8000u
#define GITHUB_CELL_MAX 2000u

struct github {
	struct event_run run;
	struct out out;
	/* Rows of the summary's table: what failed, and what did not always. */
	struct github_rows {
		struct str text;
		uint64_t n, n_listed;
	} failed, unsteady;
	struct repeats repeats;
	struct str text;
	uint64_t n_failed, n_retried;
	struct verdict verdict;
	int summary_fd; /* -1 = none */
};

static int github_open(void *priv, const struct report_setup *setup,
		       struct err *err)
{
	const char *path = setup->path ? setup->path
				       : getenv("GITHUB_STEP_SUMMARY");
	struct github *g = priv;

	g->out.fd = setup->out_fd;
	g->summary_fd = -1;
	if (!path || !*path)
		return 0;
	g->summary_fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC,
			     0666);
	if (g->summary_fd < 0)
		return err_sys(err, -errno, "cannot write %s", path);
	return 0;
}

/* Why, safe to print, without the newline at its end. */
static void github_make_message(struct str *out, const struct event_test *test,
				size_t most)
{
	struct str raw = STR_INIT;

	words_add_message(&raw, test);
	visible_add_lines(out, "", str_get(&raw), min_of(raw.len, most));
	if (out->len > 0 && out->text[out->len - 1] == '\n')
		out->text[--out->len] = '\0';
	str_fini(&raw);
}

/* Of a workflow command: a message, or a property (more is escaped). */
static void github_add(struct str *out, const char *text, const char *escape)
{
	for (; *text; text++) {
		if (strchr(escape, *text))
			str_addf(out, "%%%02X", (unsigned)*text);
		else
			str_add_char(out, *text);
	}
}

static const char *github_name(struct github *g, const struct event_test *test)
{
	struct str raw = STR_INIT;

	str_clear(&g->text);
	words_add_name(&raw, &g->run, test->position);
	visible_add(&g->text, str_get(&raw));
	str_fini(&raw);
	return str_get(&g->text);
}

/* Programs that are tests have no line, and some no file. */
static void github_add_place(struct str *out, const char *file, uint32_t line)
{
	if (!*file)
		return;
	str_add(out, "file=");
	github_add(out, file, "%\r\n:,");
	if (line)
		str_addf(out, ",line=%" PRIu32, line);
	str_add_char(out, ',');
}

static void github_annotate(struct github *g, const struct event_test *test,
			    const char *level)
{
	const struct test *listed = &g->run.listing->tests[test->test_ix];
	const struct note *place = words_find_place(test);
	struct str message = STR_INIT;
	struct str *out = &g->out.text;

	github_make_message(&message, test, GITHUB_MESSAGE_MAX);
	str_addf(out, "::%s ", level);
	github_add_place(out, place ? place->file : listed->file,
			 place ? place->line : listed->line);
	str_add(out, "title=");
	github_add(out, github_name(g, test), "%\r\n:,");
	str_add(out, "::");
	github_add(out, str_get(&message), "%\r\n");
	str_add(out, "\n");
	str_fini(&message);
}

/* A cell of a table, nothing in it is markup. */
static void github_add_cell(struct str *out, const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (text[i] == '\n')
			str_add(out, "<br>");
		else if (strchr("|&<>`*_[]\\#~", text[i]))
			str_addf(out, "&#%u;", (unsigned)text[i]);
		else
			str_add_char(out, text[i]);
	}
}

/* While there is room; the file takes no more. */
static void github_keep_row(struct github_rows *rows, size_t most,
			    const struct str *row)
{
	rows->n++;
	if (rows->text.len + row->len > most)
		return;
	str_add_len(&rows->text, str_get(row), row->len);
	rows->n_listed++;
}

static void github_begin_row(struct github *g, struct str *row)
{
	str_add(row, "| ");
	github_add_cell(row, str_get(&g->text), g->text.len);
}

static void github_add_failed(struct github *g, const struct event_test *test)
{
	struct str message = STR_INIT, row = STR_INIT;

	github_make_message(&message, test, GITHUB_CELL_MAX);
	github_name(g, test);
	github_begin_row(g, &row);
	str_addf(&row, " | %s | %.3fs | ", words_state(test),
		 (double)test->duration_ns / (double)NS_PER_S);
	github_add_cell(&row, str_get(&message), message.len);
	str_add(&row, " |\n");
	github_keep_row(&g->failed, GITHUB_FAILED_MAX, &row);
	str_fini(&message);
	str_fini(&row);
}

/* STATE-8 */
static void github_add_flaky(struct github *g, const struct event_test *test)
{
	struct str row = STR_INIT;

	github_name(g, test);
	github_begin_row(g, &row);
	str_addf(&row, " | flaky | %.3fs | failed %u time%s before it passed "
		 "|\n", (double)test->duration_ns / (double)NS_PER_S,
		 (unsigned)test->n_failed, test->n_failed == 1 ? "" : "s");
	github_keep_row(&g->unsteady, GITHUB_UNSTEADY_MAX, &row);
	str_fini(&row);
}

/* RTY-3 */
static void github_add_unstable(struct github *g)
{
	struct str row = STR_INIT, name = STR_INIT;
	struct unstable u = { 0 };

	while (repeats_next(&g->repeats, &u)) {
		str_clear(&row);
		str_clear(&name);
		str_clear(&g->text);
		test_print_name(&name, &g->run.listing->tests[u.test_ix],
				u.index);
		visible_add(&g->text, str_get(&name));
		github_begin_row(g, &row);
		str_addf(&row, " | unstable | | failed at %" PRIu32 " of %"
			 PRIu32 " times |\n", u.n_failed, u.n_times);
		github_keep_row(&g->unsteady, GITHUB_UNSTEADY_MAX, &row);
	}
	str_fini(&name);
	str_fini(&row);
}

static int github_test_finished(struct github *g, const struct event *ev)
{
	if (g->repeats.run)
		repeats_add(&g->repeats, &ev->test);
	if (unlikely(ev->test.outcome == OUTCOME_FLAKY) && g->summary_fd >= 0)
		github_add_flaky(g, &ev->test);
	if (likely(!words_is_bad(&ev->test)))
		return g->out.code;
	g->n_failed++;
	if (g->n_failed < GITHUB_ANNOTATIONS)
		github_annotate(g, &ev->test, "error");
	if (g->summary_fd >= 0)
		github_add_failed(g, &ev->test);
	return out_settle(&g->out, ev->now_ns);
}

/* It may pass yet: a warning, and so many of them are shown as well. */
static int github_test_retried(struct github *g, const struct event *ev)
{
	if (++g->n_retried <= GITHUB_ANNOTATIONS)
		github_annotate(g, &ev->test, "warning");
	return out_settle(&g->out, ev->now_ns);
}

static void github_add_rows(struct str *out, const struct github_rows *rows)
{
	if (rows->n == 0)
		return;
	str_add(out, "\n| test | state | time | |\n|---|---|---|---|\n");
	str_add_len(out, str_get(&rows->text), rows->text.len);
	if (rows->n_listed < rows->n)
		str_addf(out, "\nand %" PRIu64 " more\n",
			 rows->n - rows->n_listed);
}

static void github_make_summary(struct github *g, struct str *out,
				const struct event_finished *f)
{
	const struct tally *t = &f->tally;

	str_addf(out, "### shmrun: %" PRIu64 " passed, %" PRIu64 " failed",
		 tally_passed(t), tally_failed(t));
	if (t->count[OUTCOME_FLAKY])
		str_addf(out, " (%" PRIu64 " flaky)", t->count[OUTCOME_FLAKY]);
	if (tally_skipped(t))
		str_addf(out, ", %" PRIu64 " skipped", tally_skipped(t));
	str_add(out, "\n\n");
	github_add_cell(out, f->why, strlen(f->why));
	str_addf(out, "; %.3fs, %" PRIu32 " workers.\n",
		 (double)f->elapsed_ns / (double)NS_PER_S, g->run.jobs);
	github_add_rows(out, &g->failed);
	github_add_rows(out, &g->unsteady);
}

static int github_run_finished(struct github *g, const struct event *ev)
{
	if (g->n_failed >= GITHUB_ANNOTATIONS)
		str_addf(&g->out.text, "::error::and %" PRIu64 " more\n",
			 g->n_failed - GITHUB_ANNOTATIONS + 1);
	verdict_keep(&g->verdict, ev);
	return out_flush(&g->out, ev->now_ns);
}

static int github_distrust(void *priv, const struct event *end)
{
	struct github *g = priv;

	verdict_keep(&g->verdict, end);
	return 0;
}

static int github_write_summary(struct github *g)
{
	struct str summary = STR_INIT;
	int ret;

	if (g->summary_fd < 0 || !g->verdict.known)
		return 0;
	github_add_unstable(g);
	github_make_summary(g, &summary, &g->verdict.end.finished);
	ret = out_write(g->summary_fd, str_get(&summary), summary.len);
	str_fini(&summary);
	return ret;
}

static int github_event(void *priv, const struct event *ev)
{
	struct github *g = priv;

	switch (ev->kind) {
	case EVENT_RUN_STARTED:
		g->run = ev->run;
		repeats_begin(&g->repeats, &g->run);
		g->out.flushed_ns = ev->now_ns;
		break;
	case EVENT_TEST_FINISHED:
		return github_test_finished(g, ev);
	case EVENT_TEST_RETRIED:
		return github_test_retried(g, ev);
	case EVENT_PAUSED:
	case EVENT_PROGRESS:
		return out_flush(&g->out, ev->now_ns);
	case EVENT_RUN_FINISHED:
		return github_run_finished(g, ev);
	case EVENT_TEST_RECHECKED:
	case EVENT_TEST_RERUN:
	case EVENT_TEST_SLOW:
	case EVENT_FIXTURE_ENDED:
	case EVENT_WORKER_LOST:
	case EVENT_WARNING:
	case EVENT_RUN_CANCELLED:
	case EVENT_ROSTER:
	case EVENT_OUTPUT_RELAYED:
	case N_EVENTS:
		break;
	}
	return g->out.code;
}

static int github_close(void *priv)
{
	struct github *g = priv;
	int ret = out_flush(&g->out, g->out.flushed_ns);

	if (ret == 0)
		ret = github_write_summary(g);
	verdict_fini(&g->verdict);
	if (g->summary_fd >= 0 && close(g->summary_fd) < 0 && ret == 0)
		ret = -errno;
	out_fini(&g->out);
	str_fini(&g->failed.text);
	str_fini(&g->unsteady.text);
	repeats_fini(&g->repeats);
	str_fini(&g->text);
	return ret;
}

const struct report_ops report_github = {
	.name = "github",
	.help = "annotations and the job's summary for GitHub Actions",
	.size = sizeof(struct github),
	.place = REPORT_TO_PEOPLE,
	.open = github_open,
	.event = github_event,
	.distrust = github_distrust,
	.close = github_close,
};
