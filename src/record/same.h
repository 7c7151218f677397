/* SPDX-License-Identifier: MIT */
/*
 * same.h - which test of one listing is which of another: the same suite's
 * path, the same name, indexed or not.
 *
 * Pure.  Zeros = empty; same_fini() frees it; the listing is the caller's and
 * may grow, its tests must be added one by one.
 */
#ifndef RECORD_SAME_H
#define RECORD_SAME_H

#include "model/listing.h"

#define SAME_NONE UINT32_MAX

struct same {
	const struct listing *listing;
	uint32_t *slots; /* of a hash table: tests, or SAME_NONE */
	uint32_t cap, n;
};

void same_add(struct same *s, uint32_t test_ix);
/* All tests that there are. */
void same_add_all(struct same *s);
uint32_t same_find(const struct same *s, const struct listing *other,
		   const struct test *test);
void same_fini(struct same *s);

#endif
