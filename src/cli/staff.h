/* SPDX-License-Identifier: MIT */
/*
 * staff.h - who works: the rule of -j (jobs.h) held against what is to be run,
 * the memory that it had, and what make's jobserver grants.
 *
 * Runner only.  While make's tokens are held, signals that would take them
 * along are blocked, and parting.h gives them back.
 */
#ifndef CLI_STAFF_H
#define CLI_STAFF_H

#include "cli/jobs.h"
#include "cli/jobserver.h"
#include "cli/planning.h"
#include "run/run.h"

struct staff {
	struct jobs jobs;
	struct jobserver jobserver;
};

void staff_init(struct staff *s);
/* How many there may be, before any suite is looked at; as jobs_choose(). */
int staff_choose(struct staff *s, const struct options *o, struct err *err);
/* And how many there are, of the selected tests. */
void staff_limit(struct staff *s, const struct planning *planning,
		 const struct costs *costs, const struct plan *selected);
/* No more than these: make gets back what is too much, and people are told
 * when memory is little for so many. */
void staff_settle(struct staff *s);
/* May workers come during the run?  What is done once for each of them, and
 * a plug-in, want to know all of them before. */
bool staff_may_grow(const struct staff *s, const struct planning *planning);
/* For a run that may grow. */
struct run_tokens staff_tokens(struct staff *s);
/* As jobserver_close(). */
int staff_close(struct staff *s, struct err *err);

#endif
