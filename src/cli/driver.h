/* SPDX-License-Identifier: MIT */
/*
 * driver.h - shmrun as a test driver of Automake (its LOG_DRIVER): a test's
 * log and its .trs file are written, and one line is printed.
 *
 * While the run lasts stdout and stderr are the log.  Runner only.
 */
#ifndef CLI_DRIVER_H
#define CLI_DRIVER_H

#include "base/str.h"
#include "cli/options.h"
#include "model/event.h"

/* What Automake asks for, as its options say. */
struct driver {
	const struct options *o;
	const struct sink *next;
	struct event_run run;
	struct str lines; /* of the .trs file */
	uint64_t n_pass, n_xfail, n_skip, n_fail, n_error;
	bool has_suite_errors; /* fixtures that were not torn down */
	bool is_empty;	/* a shard that no test is in */
	int out_fd;	/* where the line goes; -1 = there is no driver */
};

/* Opens the log, if the options make this a driver; 0, or -errno with a
 * sentence. */
int driver_open(struct driver *d, const struct options *o, struct err *err);
/* Sees events on their way to next. */
struct sink driver_sink(struct driver *d, const struct sink *next);
/* Writes what is left; the exit status: 0, or 3 when it cannot be written. */
int driver_close(struct driver *d, int status);

/* Turns what stands behind the options into a suite: what is one, or a program
 * with its arguments. */
int driver_take_words(struct options *o, char **words, uint32_t n,
		      struct err *err);

#endif
