/* SPDX-License-Identifier: MIT */
/*
 * jobserver.h - client of GNU make's jobserver (GNU make manual, "Sharing
 * Job Slots with GNU make").  Not a server.
 *
 * One slot is ours without asking; each further worker needs a token, a byte
 * out of make's pipe that goes back unchanged.  Runner only, and the runner
 * holds all tokens: a worker that dies takes none along.  MAKEFLAGS is not
 * trusted.  The descriptors are our own and close-on-exec; make's stay as
 * they are, also in blocking mode.
 */
#ifndef CLI_JOBSERVER_H
#define CLI_JOBSERVER_H

#include "base/err.h"
#include "cli/options.h"

#include <stdbool.h>
#include <stdint.h>

struct jobserver {
	int fd_take, fd_give; /* -1 = there is no jobserver */
	uint32_t n_held;
	char tokens[JOBS_MAX];
};

/* makeflags = the variable MAKEFLAGS, NULL when not set.  0, also when it
 * names no jobserver.  -errno when it names one that cannot be used (a rule
 * without '+'): then one worker is what make grants.  js is valid in any
 * case. */
int jobserver_open(struct jobserver *js, const char *makeflags,
		   struct err *err);
bool jobserver_is_open(const struct jobserver *js);

/* Takes up to n tokens that are free now; how many.  Never blocks. */
uint32_t jobserver_take(struct jobserver *js, uint32_t n);

/* Gives all but n tokens back; what make's full pipe does not take now, it
 * gets at the end. */
void jobserver_keep(struct jobserver *js, uint32_t n);

/* Gives all tokens back and closes.  0, or -errno when make lost some. */
int jobserver_close(struct jobserver *js, struct err *err);

#endif
