/* SPDX-License-Identifier: MIT */
/*
 * bisect.h - --bisect: which of the tests before one, in the process in which
 * it failed, it needs to fail (NEW-9).
 *
 * Each round is a run of one worker, in a child: round.h.  What a round says
 * is the outcome of that test; what else it prints is shown only when it came
 * to none.  Runner only.
 */
#ifndef CLI_BISECT_H
#define CLI_BISECT_H

#include "cli/round.h"

/* More rounds are not made; the best that was found is told. */
#define BISECT_ROUNDS_MAX 500u

/* The exit status.  A signal that ended it is raised again when what was found
 * has been told (EXIT-8). */
int bisect_replay(const struct options *o, round_run *run);

#endif
