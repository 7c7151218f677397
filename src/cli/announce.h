/* SPDX-License-Identifier: MIT */
/*
 * announce.h - what the user should know of a plan before it runs: what will
 * be the critical path (JOBS-5, LOCK-4, SCOPE-7).  Pure.
 */
#ifndef CLI_ANNOUNCE_H
#define CLI_ANNOUNCE_H

#include "sched/sched.h"

/* Shorter ones are nobody's trouble. */
#define ANNOUNCE_MIN_NS 1e9

/* Appends sentences, a line each; only where there are estimates. */
void announce_add(struct str *out, const struct sched_ops *ops,
		  const struct units *u, uint32_t n_jobs);

#endif
