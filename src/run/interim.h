/* SPDX-License-Identifier: MIT */
/*
 * interim.h - reports of a run that a signal has ended and that does not go:
 * tests have their grace, and whoever sent the signal may not wait so long
 * (SIG-2, ENV-12).
 *
 * A fork of the runner tells what has not ended as not run and closes the
 * reports; the runner goes on meanwhile, and its own reports replace those in
 * the end.  Runner only.
 */
#ifndef RUN_INTERIM_H
#define RUN_INTERIM_H

#include "run/run_impl.h"

/* The first signal has come: reports are due soon. */
void interim_ask(struct run *run);
/* Begins them when it is time. */
void interim_turn(struct run *run);
/* Until when nothing is to be done: ns from now. */
uint64_t interim_due(const struct run *run);
/* The process that writes them; 0 = there is none. */
pid_t interim_pid(const struct run *run);
/* They are written, or never will be: nothing replaces the last ones. */
void interim_settle(struct run *run);

#endif
