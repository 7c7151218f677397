/* SPDX-License-Identifier: MIT */
/*
 * planning.h - from a selection to a plan, as the options have it: units,
 * how many jobs can be of use, the mode, and what the user is told of it.
 *
 * Runner only.  The planner itself is sched/.
 */
#ifndef CLI_PLANNING_H
#define CLI_PLANNING_H

#include "cli/jobs.h"
#include "sched/sched.h"

struct planning {
	const struct options *o;
	const struct sched_ops *ops; /* for auto: load until it is decided */
	struct ordering ordering;
	struct units units;
	bool plain; /* the selection is the plan: units are only counted */
	struct str told; /* a line each; for the user and every report */
};

/* Takes away from a selection what passed last time (--last-failed); all of
 * it stays when nothing is known to have failed. */
void planning_keep_failed(struct planning *p, const struct costs *costs,
			  struct plan *selected);

/* Each test of it as often as --repeat says. */
void planning_repeat(struct planning *p, struct plan *selected);

/* costs are filled (sched/estimate.h).  0, or -EINVAL with a sentence when the
 * tests' attributes contradict each other (exit 5). */
int planning_open(struct planning *p, const struct costs *costs,
		  const struct plan *selected, struct err *err);
void planning_close(struct planning *p);

/* More jobs are of no use (SHM-10); UINT64_MAX = any number is. */
uint64_t planning_useful_jobs(const struct planning *p);

/* Decides what auto means, which may make it one job, says so, and makes the
 * plan; of a plain selection, which is emptied. */
void planning_make(struct planning *p, struct jobs *jobs,
		   struct plan *selected, struct plan *plan);

#endif
