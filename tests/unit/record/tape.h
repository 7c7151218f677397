/* SPDX-License-Identifier: MIT */
/*
 * tape.h - a small run recorded into memory, and what a replay of it tells.
 *
 * Two suites, tests with an index and without, a plan that leaves one out and
 * is not in the order of the listing; passes of two slots, a crash with notes
 * and output, a skip, and one event of each other kind.
 */
#ifndef TESTS_RECORD_TAPE_H
#define TESTS_RECORD_TAPE_H

#include "base/str.h"
#include "model/event.h"
#include "record/recording.h"

#define TAPE_POSITIONS 44u
#define TAPE_CRASHED 7u /* position */
#define TAPE_SKIPPED 8u
#define TAPE_RUNNING 40u /* when the run is cut; later ones have not begun */

struct tape {
	struct listing listing;
	struct plan plan;
	struct tally tally;
	const char *run_id; /* NULL = any */
	int fd;
	uint64_t size;
};

/* Records all of it; or only up to where the run is killed. */
void tape_record(struct tape *t, bool whole);
/* The events alone, to any sink. */
void tape_play(struct tape *t, const struct sink *sink, bool whole);
void tape_free(struct tape *t);

/* A sink that writes each event as a line; ctx is a struct str. */
void tape_print(void *ctx, const struct event *ev);

#endif
