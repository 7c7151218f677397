/* SPDX-License-Identifier: MIT */
/*
 * expr_impl.h - the tree of a filter expression.  Included by expr.c and
 * expr_parse.c only.
 */
#ifndef SUITE_EXPR_IMPL_H
#define SUITE_EXPR_IMPL_H

#include "suite/expr.h"

#include <regex.h>

/* So deep at most: neither parsing nor meaning may use up the stack.  A tree
 * grows by one with each operator of a row, too. */
#define EXPR_NESTED_MAX 100u
#define EXPR_DEPTH_MAX 2000u

enum expr_kind {
	EXPR_ALL,
	EXPR_NONE,
	EXPR_NOT,   /* left */
	EXPR_AND,   /* left, right */
	EXPR_MINUS, /* left and not right */
	EXPR_OR,
	EXPR_PRED,
};

enum expr_pred {
	PRED_TEST,
	PRED_SUITE,
	PRED_TAG,
	PRED_GROUP,
	PRED_SCOPE,
	PRED_FILE,
	PRED_ISOLATE,
	PRED_LAST,
	N_PREDS
};

enum expr_match { MATCH_EXACT, MATCH_CONTAINS, MATCH_REGEX, MATCH_GLOB };

struct expr_node {
	enum expr_kind kind;
	enum expr_pred pred;
	enum expr_match match;
	bool used;	 /* has matched something */
	uint32_t left, right; /* nodes */
	uint32_t depth;	 /* of the tree below */
	uint32_t column; /* where it begins, from 1 */
	uint32_t len;	 /* of its source */
	char *text;	 /* what is to be matched */
	regex_t *regex;
};

extern const char *const expr_pred_names[N_PREDS];

#endif
