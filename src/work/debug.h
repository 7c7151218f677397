/* SPDX-License-Identifier: MIT */
/*
 * debug.h - a test that waits for its debugger (DBG-1, SIG-14).
 *
 * The process that is about to run it stops itself, which the runner sees and
 * starts the debugger.  Worker or test child.
 */
#ifndef WORK_DEBUG_H
#define WORK_DEBUG_H

struct errand;

/* Returns when the debugger lets it go, or is gone.  With a debugger it says
 * by a SIGTRAP that the test comes next; its value is the address of the
 * body. */
void debug_wait(const struct errand *e);

/* The same for what is about to become a program: nothing is said. */
void debug_wait_plain(void);

#endif
