/* SPDX-License-Identifier: MIT */
/*
 * resume.h - what a recording says has ended, taken out of a plan.
 *
 * A test is the same by its suite's path, its name and its index.  What was
 * not run, was running, or cannot be read any more is run again (REC-1).  So
 * is all of a .serial chain of which something is: it leans on those before
 * it (CRASH-3).
 * Pure but for reading the replay, which is used up.  Runner only.
 */
#ifndef RECORD_RESUME_H
#define RECORD_RESUME_H

#include "model/plan.h"
#include "record/replay.h"

/* Of the tests that the plan had. */
struct resumed {
	uint64_t n_ended;
	uint64_t n_failed; /* of them */
};

/* plan is only parts and segments yet: not dealt.  A test has ended when it
 * has so many times: once, or in each slot (EACH-1). */
struct resumed resume_apply(struct replay *old, const struct listing *listing,
			    struct plan *plan, uint32_t n_times);

#endif
