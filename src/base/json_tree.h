/* SPDX-License-Identifier: MIT */
/*
 * json_tree.h - reads JSON (RFC 8259) of other programs into a tree.
 *
 * The text is hostile input: depth and size are bounded, what is no JSON is
 * one sentence with its place.  Texts are decoded in place, so a tree lives as
 * long as its bytes; a NUL in a text becomes U+FFFD, since texts are C
 * strings.  For small documents: never for what there is of each test of a
 * large run.
 */
#ifndef BASE_JSON_TREE_H
#define BASE_JSON_TREE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum json_kind {
	JSON_NULL,
	JSON_FALSE,
	JSON_TRUE,
	JSON_NUMBER,
	JSON_TEXT,
	JSON_ARRAY,
	JSON_OBJECT,
};

struct json_node {
	enum json_kind kind;
	uint32_t first;	  /* child; 0 = none */
	uint32_t next;	  /* sibling; 0 = none */
	const char *key;  /* in an object; else NULL */
	const char *text; /* of JSON_TEXT; else "" */
	double number;	  /* of JSON_NUMBER; else 0 */
};

struct json_tree {
	struct json_node *nodes; /* the first is the root */
	uint32_t n, cap;
};

/* Reads len bytes, which it changes, and behind which it may write one more.
 * 0 or -EINVAL with a sentence; json_tree_fini() in both cases. */
int json_tree_parse(struct json_tree *tree, char *bytes, size_t len,
		    struct err *err);
void json_tree_fini(struct json_tree *tree);

/* All take NULL for a node that is not there, and give NULL or a default. */
const struct json_node *json_tree_root(const struct json_tree *tree);
const struct json_node *json_tree_first(const struct json_tree *tree,
					const struct json_node *node);
const struct json_node *json_tree_next(const struct json_tree *tree,
				       const struct json_node *node);
/* Of an object, the last that has the key. */
const struct json_node *json_tree_get(const struct json_tree *tree,
				      const struct json_node *node,
				      const char *key);
/* Of an array. */
const struct json_node *json_tree_at(const struct json_tree *tree,
				     const struct json_node *node,
				     uint32_t index);
const char *json_tree_text(const struct json_node *node, const char *deflt);
double json_tree_number(const struct json_node *node, double deflt);
bool json_tree_is_true(const struct json_node *node);

#endif
