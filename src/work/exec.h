/* SPDX-License-Identifier: MIT */
/*
 * exec.h - the exec tier: a test that is a program, started by the worker.
 *
 * To the runner it is a test child as those of child.h are: it leads a group
 * of its own, polite signals to the worker are passed on to it, it dies with
 * the worker, its output goes to the slot's spool, and what it leaves behind
 * is leftover.h's.  Its verdict is made of how it ended.
 */
#ifndef WORK_EXEC_H
#define WORK_EXEC_H

struct worker;
struct errand;
struct finding;

/* Starts the test's program and waits for its end. */
void exec_run(struct worker *w, const struct errand *e, struct finding *f);

#endif
