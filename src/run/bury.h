/* SPDX-License-Identifier: MIT */
/*
 * bury.h - a worker is dead: what it was doing, what that means for the test
 * in its hands, and the slot made ready for the next generation.
 *
 *	`current`	state word		verdict
 *	IDLE		-			nothing was in flight
 *	CLAIM(p)	PENDING			taken, not claimed: requeue p
 *	CLAIM(p)	CLAIMED by it		claimed, not begun: requeue p
 *	CLAIM(p)	CLAIMED by another	the rest of its unit is dropped
 *	RUN(p)		CLAIMED by it		p crashed or exited early
 *	KILL(p)		CLAIMED by it		p as the runner decided
 *	FIN(p, o)	CLAIMED by it		p ended with o, unrecorded
 *	TEARDOWN(p)	as CLAIM(p)		as CLAIM; and a teardown did
 *						not end: the run fails
 *	LEFT		-			it left in good order
 *	any		DONE, or another's	died between tests
 */
#ifndef RUN_BURY_H
#define RUN_BURY_H

#include "run/run_impl.h"

/* status: its wait status.  True when a test was judged or requeued. */
bool bury(struct run *run, uint32_t slot, int status);

/* The same when the loader took it along: nobody is blamed; a test that was
 * running is run again once, then it is an error. */
void bury_with_loader(struct run *run, uint32_t slot);

/* Run fixtures that nobody sets up although they say so, because a test wrote
 * over them: made free again.  True when there was one. */
bool bury_stray_fixtures(struct run *run);

#endif
