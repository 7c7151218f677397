/* SPDX-License-Identifier: MIT */
/*
 * watch.h - --watch: runs, waits until a suite or a library of it changes,
 * runs again what failed, and when that passes, all (DBG-5).
 *
 * The process that waits runs nothing itself: round.h.  Runner only.
 */
#ifndef CLI_WATCH_H
#define CLI_WATCH_H

#include "cli/round.h"

/* Until the user wants no more; the exit status of the last run.  Does not
 * return when a signal ended it (EXIT-8). */
int watch_suites(const struct options *o, round_run *run);

#endif
