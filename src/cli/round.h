/* SPDX-License-Identifier: MIT */
/*
 * round.h - one run of --watch: the whole pipeline in a child of its own, so
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
	const struct sequence *sequence; /* all that runs; NULL = no replay */
};

#define ROUND_NONE { .tell_fd = -1 }

typedef int round_run(const struct options *o, const struct round *round);

/* How it ended. */
struct round_end {
	int status;
	int signo;     /* that ended it, or was to; 0 = none */
	bool narrowed; /* it was not all that is selected */
};

/* Runs it to its end.  signals: a signalfd(2) of SIGCHLD and all that is to be
 * handed on, which are blocked; before: the mask without them. */
struct round_end round_do(const struct options *o, round_run *run,
			  bool failed_first, struct watched *files,
			  int signals, const sigset_t *before);

/* ---- in the child ---------------------------------------------------- */

/* What a process has mapped is what there is to watch. */
void round_tell_files(const struct round *round, pid_t loader);
void round_tell_narrowed(const struct round *round);

#endif
