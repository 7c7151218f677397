/* SPDX-License-Identifier: MIT */
/*
 * dry_run.h - a plan for people: where each test stands and why (--dry-run),
 * and all there is to say of one (--explain).
 *
 * Writes text, prints nothing.
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

void dry_run_print(struct str *out, const struct dry_run *d);

/* -ENOENT with a sentence when no selected test is called so. */
int dry_run_explain(struct str *out, const struct dry_run *d, const char *name,
		    struct err *err);

#endif
