/* SPDX-License-Identifier: MIT */
/*
 * list_terms.h - what applies to a test, and from where (ATTR-1): its own
 * attributes, those that its suite gives all of its tests, and what the
 * options and the kind of the suite say where both are silent.
 *
 * Pure; the texts are the listing's.
 */
#ifndef CLI_LIST_TERMS_H
#define CLI_LIST_TERMS_H

#include "model/listing.h"

#define LIST_TERMS_MAX 20

enum list_term_kind { TERM_TEXT, TERM_REAL, TERM_FLAG, TERM_NONE };

struct list_term {
	const char *key;
	const char *from;
	enum list_term_kind kind; /* TERM_NONE: there is no limit */
	const char *text;
	double real;
};

/* What the options say of all tests. */
struct list_usual {
	uint64_t timeout_ns, slow_ns; /* 0 = none */
	enum isolate isolate;
};

/* Fills terms, of which there are LIST_TERMS_MAX; how many. */
unsigned list_terms(const struct suite *suite, const struct attrs *attrs,
		    const struct list_usual *usual, struct list_term *terms);

#endif
