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
#include <sys/types.h>

/* Every child and thread there is now belongs to a fixture: of the worker, or
 * of the scope that it is in. */
void leftover_accept(bool scope);
/* The scope's fixtures are down: what was theirs is a leftover now. */
void leftover_leave_scope(void);

struct leftovers {
	bool found; /* something was alive */
	bool stuck; /* and something still is: it cannot be killed (TIME-9) */
};

/* Kills what is not a fixture's.  tell: each is named in a note of the running test (PROC-1). */
struct leftovers leftover_clean(bool tell);

/* The test child that led the group of what may be left soon. */
void leftover_expect_group(pid_t leader);
/* The worker's server (serve.h) is none; 0 = there is no more. */
void leftover_set_server(pid_t pid);

/* Does a thread that the test started live on?  It cannot be ended. */
bool leftover_has_threads(void);
/* Each in a note of the running test. */
void leftover_name_threads(void);

#endif
