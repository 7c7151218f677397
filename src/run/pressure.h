/* SPDX-License-Identifier: MIT */
/*
 * pressure.h - while the machine is short of memory, most workers claim
 * nothing (JOBS-4, decision 0030).  What runs is never ended for it, and what
 * a worker has begun as one unit it goes on with.
 *
 * One slot goes on: the shortage may be somebody else's, and last.  When all
 * rest, as what is left may be for others, nobody is held back until the next
 * look.  Who says how short it is, is the caller's (struct run_pressure).
 *
 * Runner only.
 */
#ifndef RUN_PRESSURE_H
#define RUN_PRESSURE_H

#include "run/run_impl.h"

/* At a tick: holds slots back, or lets them go. */
void pressure_tick(struct run *run);

/* Everybody rests.  True: some were held back, and are not any more. */
bool pressure_yield(struct run *run);

#endif
