/* SPDX-License-Identifier: MIT */
/*
 * watchdog.h - does the loader still answer?  A test may have stopped it, or
 * worse; a run must not wait for it for ever.
 */
#ifndef RUN_WATCHDOG_H
#define RUN_WATCHDOG_H

#include "run/run_impl.h"

/* Every tick.  A loader that owes an answer is first continued, in case it
 * was stopped, then killed: its end is heard as that of a dead one. */
void watchdog_look(struct run *run);

#endif
