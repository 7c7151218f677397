/* SPDX-License-Identifier: MIT */
/*
 * stressing.h - --stress: copies of each selected test that begin together,
 * on as many slots, until one fails or there were enough (decision 0033).
 *
 * Runner only.
 */
#ifndef CLI_STRESSING_H
#define CLI_STRESSING_H

#include "cli/options.h"
#include "cli/planning.h"

/* What else the command line says contradicts it: -EINVAL with a sentence. */
int stressing_check_options(const struct options *o, struct err *err);

/* -j, where nobody said how many. */
struct jobs_spec stressing_jobs(const struct options *o);

/* Puts the selected tests, which are emptied, into a plan.  -EINVAL with a
 * sentence when copies of one of them cannot run at once. */
int stressing_lay(struct planning *p, const struct jobs *jobs,
		  const struct listing *listing, struct plan *selected,
		  struct plan *plan, struct err *err);

/* The first failure is enough, where nobody said what is. */
uint32_t stressing_max_fail(const struct options *o);

#endif
