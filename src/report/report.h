/* SPDX-License-Identifier: MIT */
/*
 * report.h - those who tell what happened: one vtable, and the fan-out of
 * events to all that are open.
 *
 * A reporter sees events and nothing else; a recording replayed gives what
 * the run gave.  Its event() switches on the kind, so that a new kind makes
 * every reporter decide.  Runner only.  The caller owns the descriptors.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "base/err.h"
#include "model/costs.h"
#include "model/event.h"
#include "report/relayed.h"

#include <stdbool.h>
#include <stddef.h>

/* Test cases that a JUnit report has of what passed; AUTO: of large runs none. */
enum junit_passed { JUNIT_PASSED_AUTO, JUNIT_PASSED_ALL, JUNIT_PASSED_NONE };

/* What every reporter is told when it opens. */
struct report_setup {
	int out_fd; /* results and summary */
	int err_fd; /* live line, heartbeat, warnings */
	const char *path; /* as the user gave it; NULL = none */
	const char *version;
	const struct costs *costs; /* of the run's tests, by earlier runs;
				    * NULL = nobody knows */
	int verbosity; /* -1 closing lines only, 0, 1 also what passed */
	uint32_t n_slowest; /* tests that the summary names */
	bool color_out, color_err;
	const char *link_host; /* out_fd can have links to files of this machine,
				* which is called so; NULL = it cannot */
	enum junit_passed junit_passed;
	enum relay relay; /* how EVENT_OUTPUT_RELAYED is shown to people */
	bool live; /* err_fd is a terminal on which lines may be redrawn */
	bool rewraps; /* and on which long lines become rows when it narrows */
	bool taskbar; /* and that shows progress in a task bar */
	bool keeps_on; /* SIGPIPE is ignored: a reader who leaves is an error */
};

struct report_ops {
	const char *name;
	const char *help;
	size_t size; /* of the private state, allocated and zeroed by the core */
	/* Where it goes when it is asked for by name. */
	enum report_place {
		REPORT_TO_PEOPLE, /* with what people read; it has a path for
				   * something else, or none */
		REPORT_TO_STREAM, /* out_fd: what the path names, or stdout */
		REPORT_TO_FILES,  /* stdout; of a path it makes its own files */
	} place;
	int (*open)(void *priv, const struct report_setup *setup,
		    struct err *err);
	/* 0, or -errno of what could not be written */
	int (*event)(void *priv, const struct event *ev);
	/* In a fork: files that it keeps for itself are the parent's.  NULL =
	 * there are none. */
	void (*split)(void *priv);
	/* Behind EVENT_RUN_FINISHED: the run ends as this one says after all;
	 * says so unless a test does (STATE-13).  As event(); NULL = it cannot
	 * say so later, and is told of the end when nothing can change it, as is a
	 * document on stdout. */
	int (*distrust)(void *priv, const struct event *end);
	/* Writes what is left; as event(). */
	int (*close)(void *priv);
};

extern const struct report_ops report_term;
extern const struct report_ops report_tap, report_tap14;
extern const struct report_ops report_junit;
extern const struct report_ops report_json;
extern const struct report_ops report_github;
extern const struct report_ops report_trace;
extern const struct report_ops report_html;

/* Those that can be asked for by name; ends with NULL. */
extern const struct report_ops *const report_table[];

struct report_wanted {
	const struct report_ops *ops;
	const char *path; /* NULL or "-" = none */
};

/* Does it write to stdout, for machines? */
bool report_takes_stdout(const struct report_wanted *wanted);

struct report; /* a set of open reporters; opaque */

/* Opens them in this order; NULL with a sentence if one cannot be opened. */
struct report *report_open(const struct report_wanted *wanted, size_t n,
			   const struct report_setup *setup, struct err *err);

/* Where the run puts its events. */
struct sink report_sink(struct report *r);

/* The reader of stdout has gone (EPIPE): the run should be cancelled. */
bool report_has_lost_reader(const struct report *r);

/* As fork(2).  In the child only what goes into files of its own is left,
 * beside those of the parent and with all that was told so far: closing them
 * puts them in place of what is there, and the parent's replace them later.
 * What is read as it comes, and what is no regular file, is the parent's. */
pid_t report_fork(struct report *r);

/* The run has ended, and behind that something went wrong: what verdict_amend()
 * is told.  No report is all green, and they say why (STATE-13). */
void report_distrust(struct report *r, int status, int signo, const char *why);

/* Closes all.  0, or the first error of any write and one sentence: then the
 * exit status is EXIT_UNTRUSTED, and what can say so does. */
int report_close(struct report *r, struct err *err);

#endif
