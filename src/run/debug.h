/* SPDX-License-Identifier: MIT */
/*
 * debug.h - --gdb: a debugger for the one test of a run (DBG-1, SIG-14).
 *
 * The test's process stops itself before the test (work/debug.h).  That is when
 * the debugger is started, as our child and on our terminal; it attaches, and
 * what it is told brings it to the test's first line.  When it ends, a test that
 * it let go runs on.  Runner only.
 */
#ifndef RUN_DEBUG_H
#define RUN_DEBUG_H

#include <sys/types.h>

struct run;

/* At each tick: is it time for the debugger; has it gone? */
void debug_look(struct run *run);
/* Waits for its end. */
void debug_settle(struct run *run);

#endif
