/* SPDX-License-Identifier: MIT */
/*
 * units.h - what is claimed at once: the selected tests as units (PLAN-1).
 *
 * A unit is one test, one .serial chain, or, by key, one scope, file or
 * group; where tests are repeated, of one turn.  Consecutive instances of a range with the same cost that are units
 * of their own are one entry here, so that ten million of them cost what one
 * does.  A bound unit is its first entry and, by `next`, its others; those are
 * no units themselves.
 *
 * Pure; immutable after units_gather().  The owner calls units_fini().
 */
#ifndef SCHED_UNITS_H
#define SCHED_UNITS_H

#include "base/err.h"
#include "base/str.h"
#include "model/costs.h"
#include "model/plan.h"

/* What tests have in common that are one unit (section 7.7). */
enum unit_key { UNIT_TEST, UNIT_SCOPE, UNIT_FILE, UNIT_GROUP };

/* When a unit's time comes (PLAN-3). */
enum unit_phase {
	PHASE_BODY,
	PHASE_GATED,	 /* in the body, when its constraints can be taken */
	PHASE_EXCLUSIVE, /* alone, behind the body */
	PHASE_LAST,	 /* behind all others */
	N_PHASES
};

struct unit {
	uint32_t test_ix, index, count; /* its first stretch of tests */
	uint32_t next;	  /* bound: entry of its next stretch; 0 = none */
	uint32_t n_tests; /* bound: of all stretches; else units in here */
	uint32_t gate;	  /* units->gates + 1; 0 = no constraints */
	uint32_t turn;	  /* which time of its tests it is: plan_turn() */
	double est_ns;	  /* bound: of all its tests; else of each unit */
	float key_ns;	  /* the same with deviations: EST-3 */
	int16_t priority; /* bound: the highest */
	uint8_t phase;	  /* enum unit_phase */
	bool bound;	  /* of several tests, or could have been */
	bool member;	  /* no unit: belongs to the one that leads here */
	bool todo;	  /* bound: some test of it */
};

/* Constraints of a unit, as struct gated has them. */
struct gate_rule {
	uint32_t first_use, n_uses;
	uint32_t weight; /* UINT32_MAX = all slots */
	uint32_t after;
	bool last;	 /* .last: behind the body, but others wait for it or
			  * it has constraints, so it cannot be in a late
			  * range */
	bool waited_for; /* .after of somebody is a group of it */
};

struct units {
	const struct listing *listing;
	const struct costs *costs;
	enum unit_key key;
	struct unit *items;
	uint32_t n, cap;	/* entries */
	uint32_t n_units[N_PHASES];
	uint32_t n_tests;	/* a repeated one each time */
	uint32_t n_times;	/* as the selection's */
	double total_ns;	/* of all estimates */
	double known_ns;	/* of those from the history */
	double longest_ns;	/* of any single test */
	bool chains;		/* some bound unit holds a .serial chain */
	bool ranked;		/* some unit has an estimate */
	struct gate_rule *gates;
	uint32_t n_gates, cap_gates;
	struct lock_use *uses;
	uint32_t n_uses, cap_uses;
	struct lock *locks;	/* by name */
	uint32_t n_locks, cap_locks;
	struct group *groups;
	uint32_t n_groups, cap_groups;
	struct str remarks;	/* sentences for the user, a line each */
};

/* The units of a selection; costs must have been filled (estimate.h).
 * blocks: instances of a range are not one entry but many, so that they can
 * be shuffled.  0, or -EINVAL with a sentence when attributes contradict each
 * other: the suite is wrong (exit 5). */
struct units_request {
	const struct listing *listing;
	const struct plan *selected;
	const struct costs *costs;
	enum unit_key key;
	bool blocks;
	const struct lock *sizes; /* of counted locks, as configured */
	uint32_t n_sizes;
};

/* Of a selection whose tests ask for nothing and of which nothing is known:
 * how many there are, and no entries. */
void units_count(struct units *u, const struct units_request *rq);

int units_gather(struct units *u, const struct units_request *rq,
		 struct err *err);
void units_fini(struct units *u);

/* Units that can run at the same time as others: no more slots are of use
 * (SHM-10). */
uint32_t units_useful(const struct units *u);

/* Appends "the scope A of ./b.so" or a test's name: what the user calls it. */
void units_print_name(struct str *out, const struct units *u, uint32_t ix);

/* The next name of a comma-separated list: false at its end. */
struct unit_name {
	const char *text;
	size_t len;
};
bool units_next_name(const char **list, struct unit_name *name);

#endif
