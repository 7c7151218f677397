/* SPDX-License-Identifier: MIT */
/*
 * signals.h - what is sent to the runner during a run, SIG-2 to SIG-11: taken
 * from a descriptor, between two steps of the loop, never in a handler.
 *
 * Runner only.
 */
#ifndef RUN_SIGNALS_H
#define RUN_SIGNALS_H

#include "base/err.h"

struct run;

/* Blocks them and makes run->signal_fd. */
int signals_open(struct run *run, struct err *err);

/* Does what has been asked for since. */
void signals_read(struct run *run);

#endif
