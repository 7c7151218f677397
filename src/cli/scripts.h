/* SPDX-License-Identifier: MIT */
/*
 * scripts.h - setup and teardown of a whole run (REC-5, TIME-13, VAR-18):
 * shell commands that run before the suites are loaded, and after the last
 * test.
 *
 * A script leads a process group, reads nothing, and writes to our standard
 * error.  What it starts in the background is left alone.  Runner only.
 */
#ifndef CLI_SCRIPTS_H
#define CLI_SCRIPTS_H

#include "cli/options.h"

struct scripts {
	const struct options *o;
	struct texts env; /* NAME=VALUE lines of setup scripts, for tests */
	bool begun;
	int signo; /* that came while a script ran; 0 = none */
};

/* Runs the setup scripts in order, until one fails: 0, or -errno with a
 * sentence; -EINTR when a signal came.  From here on what would end us leaves
 * time to tear down, if there is anything to do. */
int scripts_set_up(struct scripts *s, const struct options *o,
		   struct err *err);
/* Runs the teardown scripts, the last first, all of them, if setup has begun.
 * The exit status: a run that cannot clean up behind itself is not a good one,
 * and that is told; err has what was wrong, or stays as it is. */
int scripts_tear_down(struct scripts *s, int status, struct err *err);
void scripts_fini(struct scripts *s);

#endif
