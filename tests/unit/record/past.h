/* SPDX-License-Identifier: MIT */
/*
 * past.h - a suite whose runs are made up: tests are added by name, run with
 * an outcome and a time, and what is known of them is looked up by name.
 */
#ifndef TESTS_UNIT_RECORD_PAST_H
#define TESTS_UNIT_RECORD_PAST_H

#include "record/renew.h"

struct past {
	struct listing listing;
	struct costs costs;
	struct samples samples;
	struct book book; /* what is known */
	uint16_t today;
	uint64_t build_id;
	bool crowded, partial;
	uint32_t n_slow; /* alerts of the last run */
};

void past_open(struct past *p);
void past_close(struct past *p);

/* From now on the suite has these tests; "NAME" in FILE, or a range. */
void past_begin(struct past *p);
void past_test(struct past *p, const char *name, const char *file,
	       uint32_t count);
/* All are added: a run begins. */
void past_start(struct past *p);
void past_ran(struct past *p, const char *name, uint32_t index,
	      enum outcome outcome, uint64_t ns);
/* With any members. */
void past_event(struct past *p, const char *name, struct event_test t);
/* The run is over; p->book is the next one. */
void past_end(struct past *p);

/* The row of a test or fixture; NULL = there is none. */
const struct book_row *past_row(const struct past *p, enum book_kind kind,
				const char *name, uint32_t index);

#endif
