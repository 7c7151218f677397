/* SPDX-License-Identifier: MIT */
/*
 * tokens.h - workers come as somebody outside grants them (JOBS-7): a token
 * for each but the first, taken before there is a worker for it, asked for
 * again while work waits, and given back as soon as all that is left of the
 * run is under way and slots have come to rest.
 *
 * The slots that have no token are the last ones and have no worker.  Who
 * grants is the caller's (struct run_tokens); without one all slots are
 * granted from the start.
 */
#ifndef RUN_TOKENS_H
#define RUN_TOKENS_H

#include "run/run_impl.h"

/* Before anything is handed out. */
void tokens_open(struct run *run);

/* At a tick: takes more, or gives some back. */
void tokens_tick(struct run *run);

#endif
