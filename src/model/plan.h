/* SPDX-License-Identifier: MIT */
/*
 * plan.h - which tests run, in which order, and how they are dealt.
 *
 * A position is the number of a test in the plan, 0 .. n_positions - 1.  The
 * plan maps positions to instances by segments: consecutive positions that
 * are consecutive instances of one listed test are one segment, so a range
 * of ten million tests is one; and so are consecutive tests of one instance
 * each, a million of them.  Chunks say how positions are handed out:
 * half-open ranges, in plan order, taken whole from the shared ring.
 *
 * An immutable value after it is made; pure, no I/O.  The owner frees it
 * with plan_fini().
 */
#ifndef MODEL_PLAN_H
#define MODEL_PLAN_H

#include "base/err.h"
#include "model/listing.h"

#define PLAN_POSITIONS_MAX UINT32_C(0x7fffffff)

struct segment {
	uint32_t position; /* of its first instance */
	uint32_t test_ix;  /* of its first instance, in the listing */
	uint32_t index;	   /* of its first instance; or SEGMENT_TESTS */
};

/* Instance 0 of one test after the other. */
#define SEGMENT_TESTS UINT32_MAX

struct chunk {
	uint32_t lo, hi; /* positions lo .. hi - 1 */
};

struct plan {
	struct segment *segments;
	uint32_t n_segments, cap_segments;
	struct chunk *chunks;
	uint32_t n_chunks, cap_chunks;
	uint32_t n_positions;
	bool overflow; /* plan_add() was asked for too many: plan_check() */
};

struct instance {
	uint32_t test_ix;
	uint32_t index;
};

/* Consecutive instances of one test. */
struct stretch {
	uint32_t position; /* of the first */
	uint32_t count;
	struct instance first;
};

void plan_init(struct plan *plan);
void plan_fini(struct plan *plan);

/* Appends count instances of a test, from index on. */
void plan_add(struct plan *plan, uint32_t test_ix, uint32_t index,
	      uint32_t count);
void plan_add_chunk(struct plan *plan, uint32_t lo, uint32_t hi);

/* Every position in exactly one chunk, every segment within its test, not
 * too many positions. 0 or -EINVAL. */
int plan_check(const struct plan *plan, const struct listing *listing,
	       struct err *err);

/* What stands at a position of a segment. */
static inline struct instance segment_at(const struct segment *s,
					 uint32_t position)
{
	uint32_t distance = position - s->position;

	if (s->index == SEGMENT_TESTS)
		return (struct instance){ .test_ix = s->test_ix + distance };
	return (struct instance){ .test_ix = s->test_ix,
				  .index = s->index + distance };
}

/* Walks through the plan test by test: false at its end.  All zero before the
 * first step. */
bool plan_walk(const struct plan *plan, struct stretch *stretch);

/* What stands at a position; position must be < n_positions. */
struct instance plan_at(const struct plan *plan, uint32_t position);
/* The same for walks through the plan: *hint is a segment's number, 0 at
 * first, and is kept up to date; near ones cost no search. */
struct instance plan_at_near(const struct plan *plan, uint32_t position,
			     uint32_t *hint);
/* The segment a position lies in (binary search). */
uint32_t plan_segment(const struct segment *segments, uint32_t n,
		      uint32_t position);
/* Appends the printed name of the test at a position. */
void plan_print_name(struct str *out, const struct plan *plan,
		     const struct listing *listing, uint32_t position);

#endif
