/* SPDX-License-Identifier: MIT */
/*
 * round.h - one run of --watch or --bisect: the whole pipeline in a child of its own, so
 * that nothing of it is left in the next one, and what it tells the watcher.
 *
 * The child leads a group of its own, which has the terminal while the watcher
 * would have it: as a shell does with what it starts.  What the terminal sends
 * reaches the child alone, and what is sent to the watcher is handed on once.
 * Runner only.
 */
#ifndef CLI_ROUND_H
#define CLI_ROUND_H

#include "cli/options.h"
#include "cli/watched.h"
#include "record/sequence.h"

#include <stdbool.h>
#include <sys/types.h>

/* What a run is to know of it. */
struct round {
	bool failed_first; /* only what failed last time, if anything did */
	int tell_fd;	   /* a pipe to the watcher; -1 = nobody watches */
	int log_fd;	   /* where it writes instead of to us; -1 = nowhere */
	const struct sequence *sequence; /* all that runs; NULL = no replay */
};

#define ROUND_NONE { .tell_fd = -1, .log_fd = -1 }

typedef int round_run(const struct options *o, const struct round *round);

/* How it ended. */
struct round_end {
	int status;
	int signo;     /* that ended it, or was to; 0 = none */
	bool narrowed; /* it was not all that is selected */
	uint32_t n_gone; /* tests of its sequence */
	enum outcome outcome; /* of the last test of that; NONE = not known */
};

/* What ends a run, or is for it, is blocked and can be read from what this
 * returns, a signalfd(2); before: the mask that runs have. */
int round_hold_signals(sigset_t *before);
/* The user wanted it to end, or nobody reads it. */
bool round_is_wanted_end(int signo);

/* Runs it to its end; what is told of files goes to them, if there are any.
 * signals and before: of round_hold_signals(). */
struct round_end round_do(const struct options *o, round_run *run,
			  const struct round *as, struct watched *files,
			  int signals, const sigset_t *before);

/* ---- in the child ---------------------------------------------------- */

/* Does somebody want to know of files? */
bool round_is_watched(const struct round *round);
void round_tell_file(const struct round *round, const char *path);
/* What a process has mapped is what there is to watch. */
void round_tell_files(const struct round *round, pid_t loader);
void round_tell_narrowed(const struct round *round);
void round_tell_gone(const struct round *round, uint32_t n);
void round_tell_outcome(const struct round *round, enum outcome outcome);

#endif
