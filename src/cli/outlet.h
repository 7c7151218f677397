/* SPDX-License-Identifier: MIT */
/*
 * outlet.h - where the events of a run go: to the reports and into the
 * recording.
 *
 * Runner only.  Filled with zeros = nothing is open.
 */
#ifndef CLI_OUTLET_H
#define CLI_OUTLET_H

#include "cli/options.h"
#include "record/recording.h"
#include "report/report.h"
#include "run/run.h"

#include <limits.h>

struct outlet {
	struct report *report;
	struct recording *recording; /* NULL = none */
	struct sink sinks[2];
	int n_sinks;
	char host[HOST_NAME_MAX + 1]; /* this machine */
};

/* Opens the reports that the options ask for; costs as in report_setup. */
int outlet_open_reports(struct outlet *out, const struct options *o,
			const struct costs *costs, struct err *err);

/* Only those for machines; there may be none. */
int outlet_open_for_machines(struct outlet *out, const struct options *o,
			     struct err *err);

/* The reports for machines of a run that ended before it began: they have no
 * test, and say why, so that no report of an earlier run stays in their place.
 * 0, or what could not be written. */
int outlet_tell_unrun(const struct options *o, const struct event_run *run,
		      const struct event_finished *finished, struct err *err);

/* Begins a recording where the options say.  Where none was asked for, that
 * there can be none is no error. */
int outlet_open_recording(struct outlet *out, const struct options *o,
			  const char *run_id, struct err *err);

struct sink outlet_sink(struct outlet *out);

/* Of the same reports, before the last ones. */
struct run_interim outlet_interim(struct outlet *out);

/* The run ends with this status after all, or by a signal that is not 0, for
 * that reason: all say so, and no report is all green (STATE-13). */
void outlet_distrust(struct outlet *out, int status, int signo,
		     const char *why);

/* 0, or what could not be written: then the exit status is
 * EXIT_UNTRUSTED. */
int outlet_close(struct outlet *out, struct err *err);

/* The same at the end of a run that has this exit status: the one that it has
 * then, and that is told.  A reader who left ends the run by SIGPIPE, where
 * nothing else did (SIG-10, EXIT-10). */
int outlet_end(struct outlet *out, int status, int *signo);

#endif
