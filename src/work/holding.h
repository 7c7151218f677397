/* SPDX-License-Identifier: MIT */
/*
 * holding.h - which units of counted locks the running test may use, for it
 * to ask (LOCK-5).
 *
 * Copied from the arena before the test begins, so that a test child, which
 * has no arena, can ask too.  One per process, as the stage.  Worker and test
 * child only.
 */
#ifndef WORK_HOLDING_H
#define WORK_HOLDING_H

#include <stdbool.h>

struct errand;
struct worker;

/* Once per worker.  With one slot nobody else can hold anything, and each test
 * has the first units.  False: no test will hold any. */
bool holding_open(const struct worker *w);
/* Before a test begins; where it may hold some. */
void holding_load(const struct worker *w, const struct errand *e);

/* The first that the test holds; -1 when it holds none. */
int holding_first(void);

/* The n-th unit of a lock; -1 when the test has none. */
int holding_find(const char *name, unsigned n);

#endif
