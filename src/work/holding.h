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
#include <stdint.h>

struct worker;

/* Once per worker.  With one slot nobody else can hold anything. */
void holding_open(bool one_slot);
/* Before the test at a position begins. */
void holding_load(const struct worker *w, uint32_t position);

/* The n-th unit of a lock; -1 when the test has none. */
int holding_find(const char *name, unsigned n);

#endif
