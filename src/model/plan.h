/* SPDX-License-Identifier: MIT */
/*
 * plan.h - which tests run, in which order, and how they are dealt.
 *
 * A position is the number of a test in the plan, 0 .. n_positions - 1.  The
 * plan maps positions to instances by segments: consecutive positions that
 * are consecutive instances of one listed test are one segment, so a range
 * of ten million tests is one; and so are consecutive tests of one instance
 * each, a million of them.
 *
 * An immutable value after it is made; pure, no I/O.  The owner frees it
 * with plan_fini().
 */
#ifndef MODEL_PLAN_H
#define MODEL_PLAN_H

#include "base/err.h"
#include "model/listing.h"

#define PLAN_POSITIONS_MAX UINT32_C(0x7fffffff)
#define PLAN_NONE UINT32_MAX

struct segment {
	uint32_t position; /* of its first instance */
	uint32_t test_ix;  /* of its first instance, in the listing */
	uint32_t index;	   /* of its first instance; or SEGMENT_TESTS */
};

/* Instance 0 of one test after the other. */
#define SEGMENT_TESTS UINT32_MAX

/* ---- tests that stand there several times ------------------------------ */

/* Once for each slot (EACH-1), or as often as is wanted: which time it is,
 * from 0, of all tests from position on.  A segment is of one turn. */
struct turn {
	uint32_t position;
	uint32_t number;
};

enum turn_kind { TURNS_ARE_ITERATIONS, TURNS_ARE_SLOTS };

/* ---- how positions are handed out ------------------------------------- */
/*
 * Every position is in exactly one part, deal, gated unit or late range.
 * Parts and deals are claimed by the workers among themselves; gated units
 * and late ranges are handed out by the runner, when their time has come.
 */

/* Positions behind one shared cursor, in order: the whole body, or one
 * fixture scope of it whose set-up costs setup_ns (FIX-1 to FIX-8). */
struct part {
	uint32_t lo, hi;
	uint64_t setup_ns; /* 0 = unknown or none */
};

/* What lies in a slot's deque when the run begins (worksteal, each,
 * canaries). */
struct deal {
	uint32_t slot;
	uint32_t lo, hi;
	bool bound; /* not for thieves: each */
};

/* A unit of several tests: runs on one slot, in order, whole.  Sorted by lo;
 * inside a part, a bound deal or a late range, or all of a gated unit. */
struct bound {
	uint32_t lo, hi;
};

/* A unit with constraints (section 10 of the rules): .lock, .weight > 1,
 * .after.  Several positions without a bound are as many units of one test,
 * which want the same, one by one. */
struct gated {
	uint32_t lo, hi;
	uint32_t before; /* it stands before this position of the body */
	uint32_t pin;	 /* slot + 1: only that one may run it (each); 0 = any */
	uint32_t first_use, n_uses; /* of locks: plan->uses */
	uint32_t weight; /* slots it counts as; at least 1 */
	uint32_t after;	 /* group that must have ended; PLAN_NONE */
	bool last;	 /* and all of the body, but what has .after */
};

struct lock_use {
	uint32_t lock;	/* plan->locks; ascending within a unit (LOCK-1) */
	uint32_t units; /* of a counted lock, else 1 */
	bool shared;	/* :r */
};

struct lock {
	const char *name; /* the listing's, name_len bytes of it */
	uint32_t name_len;
	uint32_t units;	  /* how many there are; 1 = a plain lock */
};

/* A group that others wait for with .after. */
struct group {
	const char *name;   /* one of the .affinity names of its members */
	uint32_t n_members; /* positions */
};

/* What comes when all before it has ended: the exclusive tests, one after
 * the other and alone (EXCL-1), then those marked .last. */
struct late {
	uint32_t lo, hi;
	bool alone;
};

struct plan {
	struct segment *segments;
	uint32_t n_segments, cap_segments;
	struct turn *turns; /* by position; before the first it is turn 0 */
	uint32_t n_turns, cap_turns;
	uint32_t n_times; /* each test is to stand there; 0 = once */
	enum turn_kind turn_kind;
	struct part *parts;
	uint32_t n_parts, cap_parts;
	struct deal *deals;
	uint32_t n_deals, cap_deals;
	struct bound *bounds;
	uint32_t n_bounds, cap_bounds;
	struct gated *gated; /* in the order in which they stand */
	uint32_t n_gated, cap_gated;
	struct lock_use *uses;
	uint32_t n_uses, cap_uses;
	struct lock *locks;
	uint32_t n_locks, cap_locks;
	struct group *groups;
	uint32_t n_groups, cap_groups;
	struct late late[2];
	uint32_t n_late;
	uint32_t n_canaries; /* the first position of each of the first deals */
	uint32_t n_units;    /* J need not be more (SHM-10) */
	uint32_t copies;     /* slots whose lists, of one length, are begun step
				by step together (--stress); 0 = none are */
	bool chains;	     /* some bound holds a .serial chain: CRASH-3 */
	bool in_turn;	     /* gated units go when the only part has come to
				where they stand, and not earlier */
	uint32_t n_positions;
	bool overflow; /* plan_add() was asked for too many: plan_check() */
};

/* Do set-ups decide from which part a slot takes (FIX-6)? */
static inline bool plan_has_setups(const struct plan *plan)
{
	return plan->n_parts > 1 ||
	       (plan->n_parts == 1 && plan->parts[0].setup_ns > 0);
}

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
/* All that is there n times, one turn behind the other (RTY-3). */
void plan_repeat(struct plan *plan, uint32_t n);
void plan_add_part(struct plan *plan, uint32_t lo, uint32_t hi,
		   uint64_t setup_ns);

/* What is added from here on is of that turn. */
void plan_begin_turn(struct plan *plan, uint32_t number);
/* The turn of a position; where no test stands there twice, 0. */
uint32_t plan_turn(const struct plan *plan, uint32_t position);
uint32_t turn_at(const struct turn *turns, uint32_t n, uint32_t position);

/* Every position is handed out in exactly one way, every bound unit whole,
 * every segment is within its test, not too many positions.  0 or -EINVAL. */
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
/* The first bound unit that ends behind a position: the one it is in, or the
 * next; NULL when there is none.  plan_bound(): only the one it is in. */
const struct bound *plan_bound_from(const struct plan *plan,
				    uint32_t position);
const struct bound *plan_bound(const struct plan *plan, uint32_t position);
/* The number of the first that ends behind a position; n when there is none. */
uint32_t bound_search(const struct bound *bounds, uint32_t n,
		      uint32_t position);
/* Some gated unit is for one slot alone. */
bool plan_is_pinned(const struct plan *plan);
/* Some slot has a list that nobody else takes from (EACH-1). */
bool plan_has_lists(const struct plan *plan);
/* How long each slot's list is where copies begin together; else 0.  What
 * stands at one place of all lists is a volley. */
uint32_t plan_list_len(const struct plan *plan);
/* Gated units and late ranges stand from here on. */
uint32_t plan_kept_from(const struct plan *plan);
/* And those that others may wait for, up to here. */
uint32_t plan_alone_to(const struct plan *plan);
/* Appends the printed name of the test at a position; if it is repeated,
 * with its number: "scope::name (iteration 2)". */
void plan_print_name(struct str *out, const struct plan *plan,
		     const struct listing *listing, uint32_t position);

#endif
