/* SPDX-License-Identifier: MIT */
/*
 * history_join.h - which row of a book belongs to which test of a listing.
 *
 * Both are in the order of the listing, so one pass over both finds all that
 * is where it was; only what moved is searched.  Then names that vanished and
 * names that appeared in the same source file are matched (NEW-3).  Linear in
 * both.  Pure; the owner frees a join with history_join_fini().
 */
#ifndef RECORD_HISTORY_JOIN_H
#define RECORD_HISTORY_JOIN_H

#include "model/costs.h"
#include "record/book.h"

struct history_rename {
	uint32_t old_row; /* first row of the name, in the book */
	uint32_t test_ix; /* in the listing */
};

enum history_taken {
	HISTORY_FREE, /* no test's of the listing */
	HISTORY_TAKEN,
	HISTORY_RENAMED, /* taken by a test of another name */
};

struct history_join {
	uint32_t *row_of; /* per row of costs: the book's, or BOOK_NONE */
	uint8_t *taken;	  /* enum history_taken, per row of the book */
	struct history_rename *renames;
	uint32_t n_renames, cap_renames;
};

/* suites[i]: the i-th suite of the listing is this book's.  row_of is the
 * caller's, one for all books: only the rows of these suites are written. */
void history_join_make(struct history_join *join, const struct book *book,
		       const struct costs *costs, const bool *suites,
		       uint32_t *row_of);
void history_join_fini(struct history_join *join);

#endif
