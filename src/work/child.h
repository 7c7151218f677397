/* SPDX-License-Identifier: MIT */
/*
 * child.h - the fork tier: one test in a forked child of the worker.
 *
 * The child does not see the arena.  It tells its verdict through one shared
 * page, and a pass needs that page filled in: an exit without it is an early
 * exit (PROC-15).
 */
#ifndef WORK_CHILD_H
#define WORK_CHILD_H

#include <stdint.h>
#include <sys/types.h>

struct worker;
struct errand;
struct finding;
struct rusage;

/* A test of the worker tier comes next: polite signals are its own. */
void child_unforward(struct worker *w);

/* Polite signals are for the process whose number is there, or, as long as it
 * is 0, for parent: a server (serve.h) and its child.  NULL = for nobody. */
void child_watch_at(const volatile int32_t *pid, pid_t parent);

/* Runs the test in a child and waits for it. */
void child_run(struct worker *w, const struct errand *e, struct finding *f);

/* ---- for exec.h: any process that is the test -------------------------- */

/* Before it is made: the worker is in the normal state that the child starts
 * from (VAR-1), and holds back nothing that would be printed twice. */
void child_ready(struct worker *w);
/* From now on polite signals to the worker are passed on to it. */
void child_watch(pid_t pid);
/* In it: they have their default effect again. */
void child_unforward_all(void);
/* Its wait status; 0 or -errno.  What it leaves behind, in its group or out of
 * it, has this subreaper for a parent now, and is leftover.h's. */
int child_wait(pid_t pid, int *status, struct rusage *used);

/* For a signal handler: the fork of this worker that is the test; 0 = none, -1
 * = the test is in a process of another program. */
pid_t child_running(void);

#endif
