/* SPDX-License-Identifier: MIT */
/*
 * kinds.h - which tests are one unit: by key, and by .serial (PLAN-1, KEY-*,
 * SCOPE-6).
 *
 * Keys come from the catalog's fields, never from parsing names.  First all
 * selected tests are added, then each can be asked for its kind.
 */
#ifndef SCHED_KINDS_H
#define SCHED_KINDS_H

#include "sched/keys.h"
#include "sched/units.h"

struct kinds {
	const struct listing *listing;
	struct str *remarks; /* for the user, a line each */
	enum unit_key key;
	struct keys keys;
	struct kind {
		uint32_t parent; /* of a forest: kinds that a chain joins */
		bool alone, joined; /* an .affinity name occurs so */
		bool reached; /* a chain: some unit holds it */
		bool told;
	} *kinds;
	uint32_t cap;
	uint32_t *of_test; /* per listed test; NULL = all are by themselves */
};

void kinds_init(struct kinds *k, const struct listing *listing,
		enum unit_key key, struct str *remarks);
void kinds_add(struct kinds *k, uint32_t test_ix);
/* No more come; how many kinds there are at most. */
uint32_t kinds_close(struct kinds *k);
/* KEYS_NONE: the test is a unit by itself. */
uint32_t kinds_get(struct kinds *k, uint32_t test_ix);
void kinds_fini(struct kinds *k);

#endif
