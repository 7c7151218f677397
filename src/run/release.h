/* SPDX-License-Identifier: MIT */
/*
 * release.h - run fixtures come down when the last test of their suite has
 * ended, not at the end of the run (SHM-9).
 *
 * A run fixture's users are all tests of its suite, and the worker and scope
 * fixtures of that suite, which may lean on it.  The runner counts what it
 * collects, so that a test costs the workers nothing; workers leave what is
 * theirs and do the teardown, between two tests, when they see GATE_RELEASE.
 * What is still up at the end of the run is run_tests()'s.
 */
#ifndef RUN_RELEASE_H
#define RUN_RELEASE_H

#include "run/run_impl.h"

void release_open(struct run *run);
void release_close(struct run *run);

void release_suite(struct run *run, uint32_t suite_ix);

/* A test of the listing has its terminal state. */
static inline void release_count(struct run *run, uint32_t test_ix)
{
	if (unlikely(run->release.left))
		release_suite(run,
			      run->args->listing->tests[test_ix].suite_ix);
}

/* Each turn: what is due? */
void release_turn(struct run *run);

#endif
