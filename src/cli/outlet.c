/* SPDX-License-Identifier: MIT */
#include "cli/outlet.h"

#include "base/clock.h"
#include "base/die.h"
#include "base/mem.h"
#include "cli/color.h"
#include "cli/complain.h"
#include "cli/ending.h"
#include "cli/recordings.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void outlet_add(struct outlet *out, struct sink sink)
{
	out->sinks[out->n_sinks++] = sink;
}

/* Does one of them write to stdout what machines read?  Then people are told
 * on stderr. */
static int outlet_find_stdout(const struct options *o, bool *taken,
			      struct err *err)
{
	uint32_t i;

	*taken = false;
	for (i = 0; i < o->reports.n; i++) {
		const struct report_wanted *w = &o->reports.items[i];

		if (!report_takes_stdout(w))
			continue;
		if (*taken)
			return err_set(err, -EINVAL, "only one report can go "
				       "to stdout: give --%s a path",
				       w->ops->name);
		*taken = true;
	}
	return 0;
}

/* The others stand before the one for people, so that its last line stays
 * the last. */
static struct report *outlet_open(const struct reports *reports,
				  const struct report_setup *setup,
				  struct err *err)
{
	struct report_wanted *all = mem_array(reports->n + 1, sizeof(*all));
	struct report *report;

	if (reports->n)
		memcpy(all, reports->items, reports->n * sizeof(*all));
	all[reports->n].ops = &report_term;
	report = report_open(all, reports->n + 1, setup, err);
	free(all);
	return report;
}

int outlet_open_reports(struct outlet *out, const struct options *o,
			const struct costs *costs, struct err *err)
{
	struct color_env env = color_env_get();
	bool tty_err = isatty(STDERR_FILENO), tty_out, taken;
	struct report_setup setup = {
		.err_fd = STDERR_FILENO,
		.version = PACKAGE_VERSION,
		.costs = costs,
		.verbosity = o->verbosity,
		.n_slowest = o->durations,
		.junit_passed = o->junit_passed,
		.color_err = color_decide(o->color, &env, tty_err),
		.relay = o->relay,
		/* What has no end of a line would be drawn over. */
		.live = color_can_redraw(&env, tty_err) &&
			o->relay != RELAY_RAW && !o->gdb,
		.rewraps = color_rewraps(&env),
		.taskbar = color_has_taskbar(&env, tty_err),
		.keeps_on = ending_is_ignored(SIGPIPE),
	};

	if (outlet_find_stdout(o, &taken, err) < 0)
		return err->code;
	setup.out_fd = taken ? STDERR_FILENO : STDOUT_FILENO;
	tty_out = isatty(setup.out_fd);
	setup.color_out = color_decide(o->color, &env, tty_out);
	gethostname(out->host, sizeof(out->host) - 1);
	if (color_has_links(o->hyperlink, &env, tty_out))
		setup.link_host = out->host;
	out->report = outlet_open(&o->reports, &setup, err);
	if (!out->report)
		return err->code;
	outlet_add(out, report_sink(out->report));
	return 0;
}

int outlet_open_for_machines(struct outlet *out, const struct options *o,
			     struct err *err)
{
	const struct report_setup setup = {
		.out_fd = STDOUT_FILENO,
		.err_fd = STDERR_FILENO,
		.version = PACKAGE_VERSION,
		.junit_passed = o->junit_passed,
		.keeps_on = ending_is_ignored(SIGPIPE),
	};
	bool taken;

	if (o->reports.n == 0)
		return 0;
	if (outlet_find_stdout(o, &taken, err) < 0)
		return err->code;
	out->report = report_open(o->reports.items, o->reports.n, &setup, err);
	if (!out->report)
		return err->code;
	outlet_add(out, report_sink(out->report));
	return 0;
}

int outlet_tell_unrun(const struct options *o, const struct event_run *run,
		      const struct event_finished *finished, struct err *err)
{
	struct event ev = { .now_ns = clock_now_ns() };
	struct outlet out = { 0 };
	struct sink sink;

	if (outlet_open_for_machines(&out, o, err) < 0)
		return err->code;
	sink = outlet_sink(&out);
	ev.kind = EVENT_RUN_STARTED;
	ev.run = *run;
	sink_event(&sink, &ev);
	ev.kind = EVENT_RUN_FINISHED;
	ev.finished = *finished;
	sink_event(&sink, &ev);
	return outlet_close(&out, err);
}

static int outlet_create(const struct options *o, const char *run_id,
			 struct err *err)
{
	struct str path = STR_INIT;
	int fd;

	fd = o->record ? recordings_create_at(o->record, err)
		       : recordings_create(run_id, &path, err);
	str_fini(&path);
	return fd;
}

int outlet_open_recording(struct outlet *out, const struct options *o,
			  const char *run_id, struct err *err)
{
	struct err why = { 0 };
	int fd;

	if (o->record && strcmp(o->record, "none") == 0)
		return 0;
	fd = outlet_create(o, run_id, &why);
	if (fd < 0 && o->record) {
		*err = why;
		return why.code;
	}
	if (fd < 0) {
		if (o->verbosity > 0)
			dprintf(STDERR_FILENO, "%s: no recording: %s\n",
				program_name, why.text);
		return 0;
	}
	out->recording = recording_open(fd);
	outlet_add(out, recording_sink(out->recording));
	return 0;
}

static void outlet_event(void *ctx, const struct event *ev)
{
	struct outlet *out = ctx;
	int i;

	for (i = 0; i < out->n_sinks; i++)
		sink_event(&out->sinks[i], ev);
}

struct sink outlet_sink(struct outlet *out)
{
	uint64_t progress_ns = 0;
	int i;

	if (out->n_sinks == 1)
		return out->sinks[0];
	for (i = 0; i < out->n_sinks; i++)
		if (progress_ns == 0 ||
		    out->sinks[i].progress_ns < progress_ns)
			progress_ns = out->sinks[i].progress_ns;
	return (struct sink){ .event = outlet_event,
			      .ctx = out,
			      .progress_ns = progress_ns };
}

static pid_t outlet_fork(void *ctx)
{
	return report_fork(ctx);
}

/* What cannot be written now may be so in the end. */
static void outlet_close_interim(void *ctx)
{
	struct err why;

	report_close(ctx, &why);
}

struct run_interim outlet_interim(struct outlet *out)
{
	return (struct run_interim){ .ctx = out->report,
				     .fork = outlet_fork,
				     .close = outlet_close_interim,
				     .sink = report_sink(out->report) };
}

void outlet_distrust(struct outlet *out, int status, int signo,
		     const char *why)
{
	if (out->recording)
		recording_amend(out->recording, status, signo, why);
	if (out->report)
		report_distrust(out->report, status, signo, why);
}

/* The recording first: whoever reads stdout slowly does not keep it open. */
int outlet_close(struct outlet *out, struct err *err)
{
	struct err why = { 0 };
	int recorded = 0, code = 0;

	if (out->recording)
		recorded = recording_close(out->recording, &why);
	if (recorded < 0 && out->report)
		report_distrust(out->report, EXIT_UNTRUSTED, 0, why.text);
	if (out->report)
		code = report_close(out->report, err);
	if (code == 0 && recorded < 0) {
		*err = why;
		code = recorded;
	}
	*out = (struct outlet){ 0 };
	return code;
}

int outlet_end(struct outlet *out, int status, int *signo)
{
	struct err err = { 0 };
	int ret = outlet_close(out, &err);

	if (ret == -EPIPE && !ending_is_ignored(SIGPIPE)) {
		*signo = *signo ? *signo : SIGPIPE;
		return status;
	}
	if (err.code == 0)
		return status;
	/* Where results could not be written nobody read of it. */
	err_wrap(&err, "exit %d", EXIT_UNTRUSTED);
	return complain(EXIT_UNTRUSTED, &err);
}
