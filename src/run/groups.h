/* SPDX-License-Identifier: MIT */
/*
 * groups.h - the groups that tests wait for with .after: when all members of
 * one have ended, and whether one of them failed (AFTER-1).
 *
 * A group is the tests that name it in .affinity.  Pure.  Runner only.
 */
#ifndef RUN_GROUPS_H
#define RUN_GROUPS_H

#include "model/outcome.h"
#include "model/plan.h"

struct groups {
	uint32_t *first;   /* of each listed test: in members; n_tests + 1 */
	uint32_t *members; /* groups */
	uint32_t n_members, cap_members;
	uint32_t *n_left;  /* of each group: members that have not ended */
	bool *failed;
	uint32_t *over;    /* groups that were not told yet */
	uint32_t n_over;
};

void groups_open(struct groups *g, const struct plan *plan,
		 const struct listing *listing);
void groups_close(struct groups *g);

/* One position of a listed test has ended. */
void groups_ended(struct groups *g, uint32_t test_ix, enum outcome outcome);

/* A group that has ended since the last time it was asked; false = none. */
bool groups_next_over(struct groups *g, uint32_t *group, bool *failed);

#endif
