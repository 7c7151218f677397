/* SPDX-License-Identifier: MIT */
/*
 * shrink.h - a small part of a list that still does what all of it did, by
 * delta debugging (ddmin): halves, then what is left without one part of many.
 *
 * Pure but for what the question does.  The part that is found needs each of
 * its items, if the question was answered to the end and always alike; it is
 * not the smallest there is.
 */
#ifndef CLI_SHRINK_H
#define CLI_SHRINK_H

#include <stdint.h>

enum shrink_answer {
	SHRINK_NO,   /* that does not do it */
	SHRINK_YES,
	SHRINK_STOP, /* ask no more */
};

struct shrink {
	/* Do these items of the list do it, in their order? */
	enum shrink_answer (*ask)(void *ctx, const uint32_t *items, uint32_t n);
	void *ctx;
};

/* items are ascending and did it; none of them did not.  How many are left of
 * them, in front; SHRINK_STOP leaves the best so far. */
uint32_t shrink(const struct shrink *s, uint32_t *items, uint32_t n);

#endif
