/* SPDX-License-Identifier: MIT */
/*
 * dry_run.h - a plan for people: where each test stands and why (--dry-run),
 * and all there is to say of one (--explain).
 *
 * Runner only.
 */
#ifndef CLI_DRY_RUN_H
#define CLI_DRY_RUN_H

#include "cli/planning.h"

struct dry_run {
	const struct planning *planning;
	const struct plan *plan;
	const struct costs *costs;
	const struct jobs *jobs;
	uint64_t arena_size;
};

/* Prints the plan; or, if it names one, all of that test.  The exit status. */
int dry_run_show(const struct dry_run *d, const char *explain);

#endif
