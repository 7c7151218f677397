/* SPDX-License-Identifier: MIT */
/*
 * groups.h - the groups that tests wait for with .after: who is in them, and
 * that they do not wait for each other in a circle (AFTER-1).  Part of
 * gates.c.
 *
 * A group is the tests that name it in .affinity.
 */
#ifndef SCHED_GROUPS_H
#define SCHED_GROUPS_H

#include "sched/keys.h"
#include "sched/units.h"

struct groups {
	struct keys keys;
	struct group_link {
		uint32_t from, to; /* from waits for to */
		uint32_t test_ix;  /* because of this one */
	} *links;
	uint32_t n_links, cap_links;
};

/* Somebody waits for it: in units->groups. */
void groups_add(struct groups *g, struct units *u, const char *name);
uint32_t groups_find(const struct groups *g, const char *name);
/* Counts the tests of an entry as members. */
void groups_count(const struct groups *g, struct units *u,
		  const struct unit *unit);
/* Does somebody wait for a test with these attributes? */
bool groups_has(const struct groups *g, const struct units *u,
		const struct attrs *attrs);
/* A unit waits for a group, and so do the groups of its tests. */
void groups_link(struct groups *g, const struct units *u,
		 const struct unit *head, uint32_t to);
/* -EINVAL when no listed test is in the group that this one waits for: a
 * typing error. */
int groups_check_name(const struct listing *l, uint32_t test_ix,
		      struct err *err);
/* -EINVAL and the circle when there is one. */
int groups_check(const struct groups *g, const struct units *u,
		 struct err *err);
void groups_fini(struct groups *g);

#endif
