/* SPDX-License-Identifier: MIT */
/*
 * locks.h - the locks that tests name in .lock, in the order of their names
 * (LOCK-1).  Part of gates.c.
 */
#ifndef SCHED_LOCKS_H
#define SCHED_LOCKS_H

#include "sched/keys.h"
#include "sched/units.h"

/* name[:r|:w][:units] */
struct lock_ask {
	struct unit_name name;
	bool shared;
	uint32_t units; /* 0 = not counted */
};

struct locks {
	struct keys keys;
	uint32_t *index; /* of each key: units->locks */
	uint32_t cap;
};

/* The next of a comma-separated list: false at its end. */
bool locks_next(const char **list, struct lock_ask *ask);

/* Adds the locks that a test names to units->locks.  -EINVAL when one is both
 * shared and counted. */
int locks_add(struct locks *l, struct units *u, uint32_t test_ix,
	      struct err *err);
/* All are added: sizes as configured, and the order of names. */
void locks_sort(struct locks *l, struct units *u, const struct lock *sizes,
		uint32_t n_sizes);
/* What an ask takes of which lock. */
struct lock_use locks_use(const struct locks *l, const struct units *u,
			  const struct lock_ask *ask);
void locks_fini(struct locks *l);

#endif
