/* SPDX-License-Identifier: MIT */
/*
 * samples.h - what a run has measured so far: one small sum for each row of
 * costs, and one for each set of shared fixtures.
 *
 * Fed with every test that ends; O(1) and no allocation for one, whatever the
 * order they come in.  What a sample is: EST-1, EST-5, EST-6.  Runner only.
 */
#ifndef RECORD_SAMPLES_H
#define RECORD_SAMPLES_H

#include "model/costs.h"
#include "model/event.h"
#include "record/keymap.h"

struct sample {
	uint64_t sum_ns;   /* of clean passes; with none, the longest time-out */
	uint32_t n_passed; /* clean, and at the first attempt */
	uint32_t n_ended : 24; /* with any terminal state; no more than fit */
	uint32_t last : 4;     /* enum outcome; a failure stays */
	uint32_t failed : 1;
	uint32_t notrun : 1;
	uint32_t timed_out : 1;
};

_Static_assert(sizeof(struct sample) == 16, "a million of them");

#define SAMPLE_ENDED_MAX 0xffffffu

struct fixture_sample {
	uint32_t test_ix; /* as in the event */
	enum fixture_kind kind;
	uint32_t n_setups;
	uint64_t sum_ns; /* of set-ups and teardowns */
};

struct samples {
	const struct costs *costs;
	uint32_t n_times; /* each test is to end so often; 0 = once */
	struct sample *rows;
	uint32_t *peaks_kib; /* of each row; NULL = none was measured yet */
	struct sample *last; /* the row that was used last, and of what: */
	uint32_t last_test, last_index, last_count;
	struct fixture_sample *fixtures;
	uint32_t n_fixtures, cap_fixtures;
	struct keymap fixture_map;
};

void samples_init(struct samples *s, const struct costs *costs);
void samples_fini(struct samples *s);

/* Any test that has ended. */
void samples_add_test(struct samples *s, const struct event_test *t);
void samples_add_fixture(struct samples *s, const struct event_fixture *f);

/* Most of them, without a call: a clean first pass of which no more is known,
 * in the row that was used last.  False: it is another one, and nothing was
 * added. */
static inline bool samples_try_add(struct samples *s,
				   const struct event_test *t)
{
	struct sample *row = s->last;

	if (unlikely(t->test_ix != s->last_test ||
		     t->index - s->last_index >= s->last_count ||
		     t->outcome != OUTCOME_PASS || t->leak || t->attempt ||
		     t->usage || row->timed_out))
		return false;
	row->n_ended += row->n_ended < SAMPLE_ENDED_MAX;
	row->n_passed++;
	row->sum_ns += t->duration_ns;
	if (row->last == OUTCOME_NONE)
		row->last = OUTCOME_PASS;
	return true;
}

/* Has each of n instances of a row ended, as often as it was to? */
bool samples_is_whole(const struct samples *s, const struct sample *row,
		      uint32_t n);
/* The mean of the run; 0 when there is no sample. */
double samples_mean_ns(const struct sample *row);
/* The largest of a row of costs in this run; 0 when none was measured. */
uint32_t samples_peak_kib(const struct samples *s, uint32_t row);

/* The text of the scope, and its length; "" of other kinds. */
const char *samples_fixture_name(const struct samples *s,
				 const struct fixture_sample *f, size_t *len);

#endif
