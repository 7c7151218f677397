/* SPDX-License-Identifier: MIT */
/*
 * auto.h - what --dist auto means for a run (AUTO-1 to AUTO-7).  Pure.
 */
#ifndef SCHED_AUTO_H
#define SCHED_AUTO_H

#include "sched/sched.h"

/* So much predicted time is not worth a second worker (AUTO-1). */
#define AUTO_START_NS 1e6

struct auto_choice {
	const struct sched_ops *ops; /* load or longest */
	bool one_job;
	char why[128]; /* "history covers 97 % of 412 s" */
};

/* The units are single tests and chains.  free_jobs: nobody named a number
 * of jobs, so it may become 1. */
void auto_choose(struct auto_choice *choice, const struct units *u,
		 bool free_jobs);

#endif
