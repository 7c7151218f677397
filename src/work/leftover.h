/* SPDX-License-Identifier: MIT */
/*
 * leftover.h - processes that a test left behind: found, killed, reaped
 * before the next test starts.
 *
 * The worker is a subreaper (prctl(2)), so whatever a test's children do,
 * they end up as its children.  Children that a live fixture owned before the
 * test began are not leftovers (PROC-3).
 */
#ifndef WORK_LEFTOVER_H
#define WORK_LEFTOVER_H

#include <stdbool.h>

/* Every child and thread there is now belongs to a fixture: of the worker, or
 * of the scope that it is in. */
void leftover_accept(bool scope);
/* The scope's fixtures are down: what was theirs is a leftover now. */
void leftover_leave_scope(void);

/* Kills what is not a fixture's; true when something was alive. */
bool leftover_clean(void);

/* Does a thread that the test started live on?  It cannot be ended. */
bool leftover_has_threads(void);

#endif
