/* SPDX-License-Identifier: MIT */
/*
 * guard.h - the signal handler that a crashing test meets before it dies: it
 * leaves a wreck (shm/wreck.h) and sends the same signal again, with its
 * default action and all that the kernel said of it.
 *
 * Test code does not see it: for the signals concerned this program's own
 * sigaction(3) and signal(3) stand in front of libc's, show the default action
 * where the handler is, and put the handler where a test wants the default
 * action.  A test that handles such a signal itself keeps it to itself.
 *
 * Armed once, in the loader: workers and test children inherit it by fork, at
 * no price; exec(2) drops it.  It has a stack of its own, writes once, takes
 * no lock, and waits for nothing; when it fails, the test dies as without it.
 */
#ifndef WORK_GUARD_H
#define WORK_GUARD_H

#include <stdint.h>

/* In the loader, behind the suites' constructors. */
void guard_arm(void);

/* There too: workers that are forked from now on have none. */
void guard_disarm(void);

/* In a fresh worker: where wrecks go. */
void guard_open(int wrecks_fd);

/* In a test child that is expected to end by a signal: that one leaves
 * nothing, no core file either. */
void guard_expect(int signo);

#endif
