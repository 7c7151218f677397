/* SPDX-License-Identifier: MIT */
/* merge_impl.h - what a merge knows; merge*.c only. */
#ifndef RECORD_MERGE_IMPL_H
#define RECORD_MERGE_IMPL_H

#include "base/str.h"
#include "record/merge.h"
#include "record/replay.h"
#include "record/same.h"

#define NOBODY UINT32_MAX

/* One of the recordings. */
struct source {
	int fd;
	const char *path;
	uint32_t argument; /* which it was */
	struct replay *replay;
	uint32_t *same;	     /* per test of it: the one of the whole */
	uint32_t *positions; /* per position of it: the one of the whole */
	uint32_t first_slot;
	uint64_t shift_ns; /* added to its times */
	struct event_finished finished; /* what it said at its end */
	char *torn; /* why it did not end well behind its tests; NULL = it did */
	bool ignored; /* another attempt at its shard is complete */
	bool endless; /* and no later one says how it ends */
};

/* What the recordings are shards of; filled with zeros = of nothing. */
struct whole {
	uint32_t total;	    /* shards */
	uint32_t *shard_of; /* per position */
	uint64_t *n_tests;  /* of each shard, from 1 */
	bool *is_there;	    /* is any recording of it? */
	uint32_t n_missing; /* shards */
	uint64_t n_lost;    /* tests that nobody tells of */
};

struct merge {
	struct source *sources;
	uint32_t n_sources;
	struct listing listing;
	struct plan plan;
	struct event_run run;
	struct same same;
	const struct merge_pick *pick; /* NULL = all are told of */
	uint8_t *picked; /* bits, per instance of the whole */
	uint32_t *winner; /* per position: the source that tells of it */
	uint8_t *ended;	  /* per position: it ended there, and was run */
	struct whole whole;
	struct partition partition; /* of what is picked */
	struct str why;
	struct tally tally;
	uint64_t t0_ns, last_ns;
	/* While events come: */
	const struct sink *sink;
	uint32_t at; /* the source whose they are */
};

/* What is to be placed: the instances of the whole, each time that one runs. */
struct places {
	uint64_t *first; /* per test: the number of its instance 0 */
	uint64_t n;	 /* of one turn */
	uint32_t n_turns;
	uint32_t *positions; /* per turn and instance; NOBODY = none yet */
};

static inline const struct event_run *source_run(const struct source *p)
{
	return replay_run(p->replay);
}

/* ---- the whole of them: merge_plan.c -------------------------------------- */

/* All tests of all sources, each once. */
void merge_make_listing(struct merge *m);
/* And what of them was to run, with each source's place in it.  0, or -EINVAL
 * with a sentence. */
int merge_make_plan(struct merge *m, struct err *err);

/* ---- of shards: merge_shards.c -------------------------------------------- */

/* What they are shards of, by the tests of the first of them; NULL = none is
 * one, or it is told of as what it is. */
static inline const struct partition *merge_whole(const struct merge *m)
{
	return m->pick ? NULL : source_run(&m->sources[0])->partition;
}

/* Shards of one plan, or no shards at all, and in order: 0, or -EINVAL with a
 * sentence. */
int merge_sort_shards(struct merge *m, struct err *err);
/* All of the selection has a place before any recording says what it ran. */
void merge_place_whole(struct merge *m, const struct partition *of,
		       struct places *places);
/* Is what stands there of the shard that this is one of? */
bool source_owns(const struct merge *m, const struct source *p,
		 uint32_t position);
/* What is picked of a shard is still one. */
void merge_keep_partition(struct merge *m);
/* Of several attempts at a shard the last complete one counts, alone; where
 * none is, each test's latest end. */
void merge_choose_attempts(struct merge *m);
/* What no recording has (SHARD-3). */
void merge_tell_missing(struct merge *m);
/* Why the result cannot be trusted. */
const char *merge_why(struct merge *m);

#endif
