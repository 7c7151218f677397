/* SPDX-License-Identifier: MIT */
/*
 * expr.h - filter expressions (-E): the language and its meaning.
 *
 *	expr    = term { ("or" | "|" | "+") term }
 *	term    = factor { ("and" | "&" | "-") factor }
 *	factor  = ("not" | "!") factor | "(" expr ")" | "all()" | "none()"
 *	        | pred "(" matcher ")"
 *	pred    = test suite tag group scope file isolate last
 *	matcher = "=" exact | "~" contained | "/" POSIX extended regex "/"
 *	        | "#" glob, fnmatch(3) | text, by the predicate's own way
 *
 * "a - b" is a and not b.  In a matcher \) \, \\ and \u{HEX} stand for
 * characters; a matcher alone means contains for test, exact for isolate and
 * last, else glob.  A test of a range is matched by its name; by the names of
 * its instances, "Scope::name[3]", when a matcher has a "[" in it.
 *
 * Reads text from the command line or a configuration: any bytes are survived
 * and an error names its column.  Pure.  The owner frees with expr_fini().
 */
#ifndef SUITE_EXPR_H
#define SUITE_EXPR_H

#include "base/err.h"
#include "model/listing.h"
#include "model/outcome.h"

struct expr_node;

struct expr {
	const char *source; /* the caller's */
	struct expr_node *nodes;
	uint32_t n_nodes, cap_nodes;
	uint32_t root;
	bool by_instance; /* instances of a range may differ */
	bool needs_last;  /* last(...) is in it */
};

/* Ordered: and is the lesser, or the greater, not the mirror. */
enum truth { TRUTH_NO, TRUTH_MAYBE, TRUTH_YES };

/* What is known of a test; what is not known makes MAYBE. */
struct expr_subject {
	const char *suite;	 /* its path */
	const struct test *test; /* NULL = only the suite is known */
	const char *instance;	 /* its printed name; NULL = all of a range */
	enum outcome last;	 /* OUTCOME_NONE = not known */
};

/* 0, or -EINVAL with what is wrong and in which column, from 1. */
int expr_parse(struct expr *e, const char *source, struct err *err);
void expr_fini(struct expr *e);

/* Also notes which predicates have matched something. */
enum truth expr_eval(struct expr *e, const struct expr_subject *subject);

/* A predicate that has matched nothing is a typing error (SEL-7): 0, or
 * -EINVAL naming the first. */
int expr_check_used(const struct expr *e, struct err *err);

#endif
