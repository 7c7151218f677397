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

struct worker;
struct errand;
struct finding;

/* A test of the worker tier comes next: polite signals are its own. */
void child_unforward(struct worker *w);

/* Runs the test in a child and waits for it. */
void child_run(struct worker *w, const struct errand *e, struct finding *f);

#endif
