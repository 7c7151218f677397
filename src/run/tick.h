/* SPDX-License-Identifier: MIT */
/*
 * tick.h - what is done by time: timeouts, slow notices, kills at the end of
 * a grace, progress, spools that grow, damage that must be mended.
 *
 * All timers live here (TIME-4); no signal and no timer in a test's process.
 */
#ifndef RUN_TICK_H
#define RUN_TICK_H

#include "run/run_impl.h"

void tick_open(struct run *run);
/* Nanoseconds until tick_run() wants to be called. */
uint64_t tick_due(const struct run *run);
void tick_run(struct run *run);

#endif
