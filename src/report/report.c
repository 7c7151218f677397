/* SPDX-License-Identifier: MIT */
#include "report/report.h"

#include "base/clock.h"
#include "base/mem.h"
#include "model/verdict.h"
#include "report/file.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The live line moves, and lines reach a pipe, this often. */
#define REPORT_PROGRESS_NS (100 * NS_PER_MS)

struct report_open {
	const struct report_ops *ops;
	void *priv;
	struct report_file file; /* fd -1 = none */
	const char *path; /* of files that it makes itself; NULL = none */
	int code; /* of the first thing that it could not write */
	bool on_stdout; /* for machines */
	bool told; /* how the run ended */
};

struct report {
	struct report_open *items;
	size_t n;
	const struct report_ops *failed; /* the first that could not write */
	int code;			 /* and why */
	bool lost_reader;
	bool keeps_on; /* although a reader has left */
	struct verdict verdict; /* known: what is written is whole */
};

const struct report_ops *const report_table[] = {
	&report_tap, &report_tap14, &report_junit, &report_json,
	&report_github, &report_trace, &report_html, NULL,
};

static bool report_has_path(const struct report_wanted *wanted)
{
	return wanted->path && strcmp(wanted->path, "-") != 0;
}

bool report_takes_stdout(const struct report_wanted *wanted)
{
	return wanted->ops->place != REPORT_TO_PEOPLE &&
	       !report_has_path(wanted);
}

static void report_note(struct report *r, struct report_open *o, int code)
{
	if (code >= 0)
		return;
	if (code == -EPIPE)
		r->lost_reader = true;
	if (o->code == 0)
		o->code = code;
	if (r->code == 0) {
		r->code = code;
		r->failed = o->ops;
	}
}

static void report_tell_end(struct report *r, struct report_open *o)
{
	o->told = true;
	report_note(r, o, o->ops->event(o->priv, &r->verdict.end));
}

/* It can say later that it was otherwise: with a line more, or in a new file. */
static bool report_can_correct(const struct report_open *o)
{
	return o->ops->distrust &&
	       (!o->on_stdout || o->ops->place == REPORT_TO_STREAM);
}

/* Who can correct it is told at once: a teardown may take long, and be ended by
 * whoever ends us. */
static void report_keep_end(struct report *r, const struct event *ev)
{
	size_t i;

	verdict_keep(&r->verdict, ev);
	for (i = 0; i < r->n; i++)
		if (report_can_correct(&r->items[i]))
			report_tell_end(r, &r->items[i]);
}

static void report_event(void *ctx, const struct event *ev)
{
	struct report *r = ctx;
	size_t i;

	if (unlikely(ev->kind == EVENT_RUN_FINISHED)) {
		report_keep_end(r, ev);
		return;
	}
	for (i = 0; i < r->n; i++) {
		struct report_open *o = &r->items[i];
		int code = o->ops->event(o->priv, ev);

		if (unlikely(code < 0))
			report_note(r, o, code);
	}
}

static int report_open_one(struct report *r, const struct report_wanted *w,
			   const struct report_setup *common, struct err *err)
{
	struct report_setup setup = *common;
	struct report_open o = { .ops = w->ops, .file = { .fd = -1 } };
	int ret = 0;

	setup.path = report_has_path(w) ? w->path : NULL;
	o.on_stdout = report_takes_stdout(w);
	if (o.on_stdout)
		setup.out_fd = STDOUT_FILENO;
	if (setup.path && w->ops->place == REPORT_TO_STREAM) {
		ret = report_file_open(&o.file, setup.path, err);
		setup.out_fd = o.file.fd;
	}
	if (w->ops->place == REPORT_TO_FILES)
		o.path = setup.path;
	o.priv = mem_zalloc(w->ops->size);
	if (ret == 0)
		ret = w->ops->open(o.priv, &setup, err);
	if (ret == 0) {
		r->items[r->n++] = o;
		return 0;
	}
	if (o.file.fd >= 0)
		report_file_close(&o.file, ret);
	free(o.priv);
	return err_wrap(err, "report %s", w->ops->name);
}

/* Closes the reporter, and puts its file in place unless something failed or
 * there is no whole report. */
static int report_close_one(struct report_open *o, bool whole)
{
	int code = o->ops->close(o->priv);

	if (o->code < 0)
		code = o->code;
	if (o->file.fd >= 0 && !whole)
		report_file_close(&o->file, -ECANCELED);
	else if (o->file.fd >= 0)
		code = report_file_close(&o->file, code);
	free(o->priv);
	return code;
}

/* ---- a copy of all ---------------------------------------------------- */

static bool report_has_copy(struct report_open *o)
{
	struct stat st;

	if (o->code < 0)
		return false;
	if (o->file.fd >= 0)
		return report_file_copy(&o->file) == 0;
	return o->path && (stat(o->path, &st) < 0 || S_ISREG(st.st_mode) ||
			   S_ISDIR(st.st_mode));
}

static void report_keep_copies(struct report *r)
{
	size_t i, n = 0;

	for (i = 0; i < r->n; i++)
		if (report_has_copy(&r->items[i]))
			r->items[n++] = r->items[i];
	r->n = n;
	for (i = 0; i < n; i++)
		if (r->items[i].ops->split)
			r->items[i].ops->split(r->items[i].priv);
}

pid_t report_fork(struct report *r)
{
	pid_t pid;
	size_t i;

	for (i = 0; i < r->n; i++)
		report_file_mark(&r->items[i].file);
	pid = fork();
	if (pid == 0)
		report_keep_copies(r);
	return pid;
}

/* ---- begin and end ---------------------------------------------------- */

/* What was begun is taken away. */
static void report_abandon(struct report *r)
{
	while (r->n > 0)
		report_close_one(&r->items[--r->n], false);
	free(r->items);
	free(r);
}

struct report *report_open(const struct report_wanted *wanted, size_t n,
			   const struct report_setup *setup, struct err *err)
{
	struct report *r = mem_zalloc(sizeof(*r));
	size_t i;

	r->keeps_on = setup->keeps_on;
	r->items = mem_array(n, sizeof(*r->items));
	for (i = 0; i < n; i++) {
		if (report_open_one(r, &wanted[i], setup, err) < 0) {
			report_abandon(r);
			return NULL;
		}
	}
	return r;
}

struct sink report_sink(struct report *r)
{
	return (struct sink){ .event = report_event,
			      .ctx = r,
			      .progress_ns = REPORT_PROGRESS_NS };
}

bool report_has_lost_reader(const struct report *r)
{
	return r->lost_reader;
}

void report_distrust(struct report *r, int status, int signo, const char *why)
{
	size_t i;

	if (!verdict_amend(&r->verdict, status, signo, why))
		return;
	for (i = 0; i < r->n; i++) {
		struct report_open *o = &r->items[i];

		if (o->code == 0 && o->told)
			report_note(r, o, o->ops->distrust(o->priv,
							   &r->verdict.end));
	}
}

static void report_say_failed(const struct report *r, struct err *err)
{
	if (r->failed == &report_term)
		err_sys(err, r->code, "could not write the results");
	else
		err_sys(err, r->code, "could not write the %s report",
			r->failed->name);
}

/* What one could not write the others say. */
static void report_settle(struct report *r)
{
	bool left = r->code == -EPIPE && !r->keeps_on;
	struct err why = { 0 };

	if (r->code == 0)
		return;
	report_say_failed(r, &why);
	report_distrust(r, EXIT_UNTRUSTED, left ? SIGPIPE : 0, why.text);
}

/* Files are in place before a slow reader of stdout is waited for (OUT-3), and
 * of them those first that cannot be corrected.  Each can say what went wrong
 * before it; the last one is for people. */
enum report_turn { REPORT_FIRST, REPORT_CORRECTED, REPORT_READ,
		   N_REPORT_TURNS };

static enum report_turn report_turn(const struct report_open *o)
{
	if (o->on_stdout || o->ops == &report_term)
		return REPORT_READ;
	return (o->file.fd >= 0 || o->path) && o->ops->distrust
		       ? REPORT_CORRECTED : REPORT_FIRST;
}

static void report_end_one(struct report *r, struct report_open *o)
{
	bool whole = r->verdict.known;

	if (whole && !o->told)
		report_tell_end(r, o);
	report_note(r, o, report_close_one(o, whole));
	o->told = false;
	report_settle(r);
}

int report_close(struct report *r, struct err *err)
{
	int turn, code;
	size_t i;

	report_settle(r);
	for (turn = 0; turn < N_REPORT_TURNS; turn++)
		for (i = 0; i < r->n; i++)
			if ((int)report_turn(&r->items[i]) == turn)
				report_end_one(r, &r->items[i]);
	code = r->code;
	if (code < 0)
		report_say_failed(r, err);
	verdict_fini(&r->verdict);
	free(r->items);
	free(r);
	return code;
}
