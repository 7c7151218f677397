/* SPDX-License-Identifier: MIT */
/*
 * resuming.h - --resume: what of the selected tests has not ended in a
 * recorded run; and when all have, how they did.
 *
 * Runner only.
 */
#ifndef CLI_RESUMING_H
#define CLI_RESUMING_H

#include "cli/options.h"
#include "record/resume.h"

/* Lives as long as what it points to. */
struct resuming {
	const struct options *o;
	const struct partition *partition; /* NULL = it is no shard */
	const struct costs *costs; /* by which the tests were selected */
	const char *run_id;
	uint32_t n_slots;
	uint32_t bad_suites;
};

/* Leaves out what has ended, and says how much that is.  0, or -errno with a
 * sentence (recordings_status()). */
int resuming_apply(const struct resuming *r, struct plan *selected,
		   struct resumed *resumed, struct err *err);
/* Nothing is left: how the tests ended is the result, and stands in the
 * reports.  The exit status. */
int resuming_tell(const struct resuming *r, struct plan *selected);

#endif
