/* SPDX-License-Identifier: MIT */
/*
 * sched.h - the modes of --dist: units in, a plan out (section 7).
 *
 * Pure: the same units, order and number of slots give the same plan
 * (SHM-11).  A mode says how units are formed (their key), in which order
 * they stand by default, and how the body is handed out; constraints, the
 * exclusive and the last ones are laid alike in all of them.
 */
#ifndef SCHED_SCHED_H
#define SCHED_SCHED_H

#include "sched/order.h"

#define SCHED_CANARIES_DEFAULT 4u

struct draft;

struct sched_ops {
	const char *name;
	const char *help;
	void (*plan)(struct draft *d); /* lays the body */
	enum unit_key key;
	enum order order; /* by default */
	bool one_slot;	  /* no */
	bool every_slot;  /* each: all tests on each slot */
};

extern const struct sched_ops sched_load, sched_longest, sched_worksteal,
	sched_loadscope, sched_loadfile, sched_loadgroup, sched_each, sched_no;

/* --replay: of a selection whose turns are slots, below n_slots, and stand in
 * their order.  No mode of --dist. */
extern const struct sched_ops sched_replay;

/* All there are; ends with NULL. */
extern const struct sched_ops *const sched_table[];

const struct sched_ops *sched_find(const char *name);

struct sched_request {
	const struct sched_ops *ops;
	const struct units *units; /* formed by ops->key */
	struct ordering ordering;
	uint32_t n_slots;
	uint32_t n_canaries; /* at most; 0 = none */
};

/* Makes the plan, which must be empty. */
void sched_plan(struct plan *plan, const struct sched_request *rq);

/* What `load` makes in collection order of tests of which nothing is known
 * and which ask for nothing, without looking at each: all of the selection,
 * which is emptied, behind one cursor. */
void sched_plan_plain(struct plan *plan, struct plan *selected);

#endif
