/* SPDX-License-Identifier: MIT */
/*
 * merge.h - several recordings as one stream of events: what one run would
 * have told.
 *
 * A test is the same by its suite's path, its name and its index.  Of one
 * that is in several, the last recording counts in which it ended.  What has
 * ended in none is told as by the first that has it, and the result cannot be
 * trusted; nor can it where a recording has no end, and no later one of the
 * same suites has one.  Slots are numbered on from one recording to the next,
 * times laid side by side by the clock on the wall.  Runner only; the
 * descriptors are the caller's.
 */
#ifndef RECORD_MERGE_H
#define RECORD_MERGE_H

#include "base/err.h"
#include "model/event.h"

struct merge; /* opaque */

/* Reads n > 0 recordings, the paths only for what is said of them; NULL with
 * a sentence if one cannot be used. */
struct merge *merge_open(const int *fds, const char *const *paths, uint32_t n,
			 const char *run_id, struct err *err);

/* What another run selected. */
struct merge_pick {
	const struct listing *listing;
	const struct plan *plan;
	uint32_t n_times;    /* that each is to run; at least 1 */
	uint32_t bad_suites; /* it could not load so many */
};

/* One recording, and of it only these tests, as often as they ran. */
struct merge *merge_open_picked(const int *fd, const char *const *path,
				const struct merge_pick *pick,
				const char *run_id, struct err *err);

const struct event_run *merge_run(const struct merge *m);

/* Tells it all; the exit status.  Once. */
int merge_events(struct merge *m, const struct sink *sink);

void merge_close(struct merge *m);

#endif
