/* SPDX-License-Identifier: MIT */
/*
 * retell.h - the reports of a run that has nothing to run, because all it
 * selected had ended in the one that it resumes: they tell of those tests as
 * that one did (REC-1, ACC-5).
 *
 * The recording is only read.  Runner only.
 */
#ifndef CLI_RETELL_H
#define CLI_RETELL_H

#include "cli/options.h"
#include "record/merge.h"

/* The exit status that these tests give; or -errno with a sentence. */
int retell(const struct options *o, const struct merge_pick *pick,
	   const char *run_id, struct err *err);

#endif
