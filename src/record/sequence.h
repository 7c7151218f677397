/* SPDX-License-Identifier: MIT */
/*
 * sequence.h - what the workers of a recorded run ran, in order: for the same
 * once more (PLAN-8, NEW-9).
 *
 * A slot's tests stand by generation, which is by process, and in a process by
 * their begin; one that was running when everything ended is the last.  Only
 * what began is in it, failed attempts too.  Pure but for reading the replay,
 * which is used up and must live as long: names are its listing's.  Runner
 * only.
 */
#ifndef RECORD_SEQUENCE_H
#define RECORD_SEQUENCE_H

#include "model/plan.h"
#include "record/replay.h"

#include <stdbool.h>

struct step {
	uint32_t test_ix; /* in the recording's listing */
	uint32_t index;
	uint32_t seq; /* as it was told */
	uint16_t slot;
	uint16_t generation;
	bool failed;
	uint64_t start_ns;
};

struct sequence {
	const struct listing *listing;
	struct step *steps;
	uint32_t n, cap;
	bool whole; /* nothing is missing in the recording */
	bool all_slots; /* the plan has all of them, as turns ... */
	bool on_each;	/* ... and a test stands there on each of them */
};

/* Of all slots. */
void sequence_read(struct sequence *s, struct replay *r);
void sequence_fini(struct sequence *s);

#define SEQUENCE_ALL UINT32_MAX

/* Only of a slot; only of one of its processes, unless it is to be all. */
void sequence_keep_slot(struct sequence *s, uint32_t slot,
			uint32_t generation);

/* All slots: a test only where it began first, or, on_each, where it did on each
 * slot. */
void sequence_keep_first(struct sequence *s, bool on_each);
/* How many slots that is: the highest, and one. */
uint32_t sequence_count_slots(const struct sequence *s);

/* As reports print it. */
void sequence_print_name(struct str *out, const struct sequence *s,
			 uint32_t step);

/* A test by its printed name: where it failed first in the last process in
 * which it did, or its last run when it never failed.  False: it did not
 * run. */
bool sequence_find(const struct sequence *s, const char *name, uint32_t *step);
/* Only that step, and what other tests its process ran before it. */
void sequence_keep_until(struct sequence *s, uint32_t step);

/* Is that its last test?  There is one. */
bool sequence_ends_with(const struct sequence *s, const struct listing *now,
			uint32_t test_ix, uint32_t index);

/* Its tests as they are listed now, those that are selected, in its order;
 * each once, where it came first; or of all slots, whose numbers are turns.
 * How many are gone. */
uint32_t sequence_plan(const struct sequence *s, const struct listing *now,
		       const struct plan *selected, struct plan *plan);
/* All of it is one list of the first slot's, which no other takes from. */
void sequence_deal(struct plan *plan);

#endif
