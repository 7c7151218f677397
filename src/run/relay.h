/* SPDX-License-Identifier: MIT */
/*
 * relay.h - output of tests, passed on while they run (SIG-15).
 *
 * The spools stay what they are: the runner reads what they grew by, at each
 * tick and at the end of a test.  A byte is relayed once, as the output of
 * the test that the test's record will say it is of.  Who prints faster than
 * it can be read has some of it skipped, and that is told.
 */
#ifndef RUN_RELAY_H
#define RUN_RELAY_H

#include "run/run_impl.h"
#include "run/tell.h"

/* What the slot's test, which was running a moment ago, has printed so far. */
void relay_look(struct run *run, uint32_t slot, struct current_word current);

/* It has ended: what is left of its output. */
void relay_rest(struct run *run, const struct event_test *t,
		const struct tell_files *files);

#endif
