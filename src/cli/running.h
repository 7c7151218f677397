/* SPDX-License-Identifier: MIT */
/*
 * running.h - how tests are run, as the options and the machine have it: what
 * run/ wants to know beside the plan.
 *
 * Runner only.
 */
#ifndef CLI_RUNNING_H
#define CLI_RUNNING_H

#include "cli/jobs.h"
#include "cli/memory.h"
#include "cli/options.h"
#include "cli/suites.h"
#include "run/run.h"

/* Of run_args what the options say, the suites and who works: the rest is
 * empty.  Times are so many times as long (surroundings.h). */
struct run_args running_args(const struct options *o, struct suites *suites,
			     const struct jobs *jobs, double slowness);

/* Where it is seen that memory is short; lives as long as the run. */
struct running_pressure {
	struct memory_pressure file;
	struct run_pressure run;
};

/* NULL = it does not matter, or nobody knows. */
const struct run_pressure *running_watch_pressure(struct running_pressure *p,
						  const struct options *o);

#endif
