/* SPDX-License-Identifier: MIT */
/*
 * library.h - some books together, each of a suite and a profile of its own,
 * and how two books about the same become one.
 *
 * Of two rows for the same thing the one with more runs stays, then the one
 * that was seen last, then the longer one: so it is no matter who is merged
 * into whom, nor how often.  Pure; runner only.  The owner frees a library
 * with library_fini().
 */
#ifndef RECORD_LIBRARY_H
#define RECORD_LIBRARY_H

#include "record/book.h"

struct library {
	struct book *books;
	uint32_t n, cap;
};

void library_fini(struct library *library);
/* By suite, then profile. */
void library_sort(struct library *library);
/* The book of a suite and profile, new and empty if there was none. */
struct book *library_get(struct library *library, const char *suite,
			 const char *profile);

/* Into *into, by the rule above. */
void library_merge_book(struct book *into, const struct book *from);
void library_merge(struct library *into, const struct library *from);

#endif
