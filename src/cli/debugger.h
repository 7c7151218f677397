/* SPDX-License-Identifier: MIT */
/*
 * debugger.h - --gdb TEST: is there a gdb, and which test is it?  run/debug.h
 * brings them together.  Runner only.
 */
#ifndef CLI_DEBUGGER_H
#define CLI_DEBUGGER_H

#include "base/err.h"
#include "model/listing.h"
#include "model/plan.h"
#include "run/run.h"

/* Before anything is started: its path, to be freed, and ^C is its own from
 * here on; NULL with a sentence. */
char *debugger_find(struct err *err);
/* It must be one test.  0, or -EINVAL with a sentence. */
int debugger_check(const char *test, const struct listing *listing,
		   const struct plan *selected, struct err *err);
/* The run is one with the debugger of that path, and has all the time there is
 * (SIG-14). */
void debugger_use(struct run_args *args, const char *path);

#endif
