/* SPDX-License-Identifier: MIT */
/*
 * renew.h - from a book and what a run has measured to the next book.
 *
 * The new one holds the listing's tests in its order, then what the listing
 * does not know and is not stale yet (STALE-1).  Pure.
 */
#ifndef RECORD_RENEW_H
#define RECORD_RENEW_H

#include "record/book.h"
#include "record/history_join.h"
#include "record/samples.h"

#define RENEW_MISSED_MAX 10 /* full runs */
#define RENEW_DAYS_MAX 90

struct renewal {
	const struct book *old;
	const struct history_join *join;
	const struct samples *samples;
	const bool *suites; /* of the listing: those of this book */
	uint64_t build_id;
	uint16_t today;	    /* days since 1970 */
	bool crowded;	    /* EST-7 */
	bool partial;	    /* it is a shard: others run the rest */
	/* A test took longer than it used to (EST-4); or NULL. */
	void (*slow)(void *ctx, const char *name, double ns, double usual_ns);
	void *ctx;
};

/* Has anything ended that the book should know of? */
bool renew_is_needed(const struct renewal *r);

/* Makes the new book; the caller frees it. */
void renew_book(const struct renewal *r, struct book *out);

/* The same without what is stale; the caller frees it. */
void renew_prune(const struct book *old, uint16_t today, struct book *out);

/* What a changed suite does to what is known of it (KEY-3). */
void renew_adopt(struct book *book, uint64_t build_id);

#endif
