/* SPDX-License-Identifier: MIT */
#include "suite/expr_impl.h"

#include "base/mem.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

const char *const expr_pred_names[N_PREDS] = {
	[PRED_TEST] = "test",	[PRED_SUITE] = "suite",
	[PRED_TAG] = "tag",	[PRED_GROUP] = "group",
	[PRED_SCOPE] = "scope", [PRED_FILE] = "file",
	[PRED_ISOLATE] = "isolate", [PRED_LAST] = "last",
};

void expr_fini(struct expr *e)
{
	uint32_t i;

	for (i = 0; i < e->n_nodes; i++) {
		free(e->nodes[i].text);
		if (e->nodes[i].regex) {
			regfree(e->nodes[i].regex);
			free(e->nodes[i].regex);
		}
	}
	free(e->nodes);
	*e = (struct expr){ 0 };
}

/* ---- one predicate ---------------------------------------------------- */

static bool expr_matches(const struct expr_node *n, const char *text)
{
	switch (n->match) {
	case MATCH_EXACT:
		return strcmp(n->text, text) == 0;
	case MATCH_CONTAINS:
		return strstr(text, n->text) != NULL;
	case MATCH_REGEX:
		return regexec(n->regex, text, 0, NULL, 0) == 0;
	case MATCH_GLOB:
		return fnmatch(n->text, text, 0) == 0;
	}
	return false;
}

static bool expr_matches_len(const struct expr_node *n, const char *text,
			     size_t len)
{
	char *copy = mem_strndup(text, len);
	bool yes = expr_matches(n, copy);

	free(copy);
	return yes;
}

/* One of several, separated by commas and spaces. */
static bool expr_matches_any(const struct expr_node *n, const char *list)
{
	bool yes = false;
	size_t len;

	for (; *list && !yes; list += len) {
		list += strspn(list, ", \t");
		len = strcspn(list, ", \t");
		yes = len && expr_matches_len(n, list, len);
	}
	return yes;
}

/* The file's path as the compiler said it, or its last part. */
static bool expr_matches_path(const struct expr_node *n, const char *path)
{
	const char *slash = strrchr(path, '/');

	return expr_matches(n, path) || (slash && expr_matches(n, slash + 1));
}

static enum truth expr_truth(bool yes)
{
	return yes ? TRUTH_YES : TRUTH_NO;
}

/* A range matches as a whole by its name, else instance by instance. */
static enum truth expr_test(const struct expr_node *n,
			    const struct expr_subject *s)
{
	if (expr_matches(n, s->test->name))
		return TRUTH_YES;
	if (!s->test->indexed || !strchr(n->text, '['))
		return TRUTH_NO;
	if (!s->instance)
		return TRUTH_MAYBE;
	return expr_truth(expr_matches(n, s->instance));
}

static enum truth expr_last(const struct expr_node *n,
			    const struct expr_subject *s)
{
	if (s->last == OUTCOME_NONE && s->test->indexed && !s->instance)
		return TRUTH_MAYBE;
	return expr_truth(expr_matches(n, s->last == OUTCOME_NONE
						  ? "none"
						  : outcome_name(s->last)));
}

static enum truth expr_pred(const struct expr_node *n,
			    const struct expr_subject *s)
{
	const struct test *t = s->test;

	if (n->pred == PRED_SUITE)
		return expr_truth(expr_matches_path(n, s->suite));
	if (!t)
		return TRUTH_MAYBE;
	switch (n->pred) {
	case PRED_TEST:
		return expr_test(n, s);
	case PRED_TAG:
		return expr_truth(expr_matches_any(n, t->attrs->tags));
	case PRED_GROUP:
		return expr_truth(expr_matches_any(n, t->attrs->affinity));
	case PRED_SCOPE:
		return expr_truth(expr_matches_len(n, t->name, t->scope_len));
	case PRED_FILE:
		return expr_truth(expr_matches_path(n, t->file));
	case PRED_ISOLATE:
		return expr_truth(expr_matches(
			n, isolate_name(t->attrs->isolate)));
	case PRED_LAST:
		return expr_last(n, s);
	case PRED_SUITE:
	case N_PREDS:
		break;
	}
	return TRUTH_NO;
}

/* ---- the tree --------------------------------------------------------- */

static enum truth expr_mirror(enum truth t)
{
	return (enum truth)(TRUTH_YES - t);
}

/* Both sides always: each predicate must have its chance to match.  As deep as
 * the expression, which is no deeper than EXPR_DEPTH_MAX. */
/* NOLINTNEXTLINE(misc-no-recursion) */
static enum truth expr_node(struct expr *e, uint32_t i,
			    const struct expr_subject *s)
{
	struct expr_node *n = &e->nodes[i];
	enum truth left = TRUTH_NO, right = TRUTH_NO;

	if (n->kind >= EXPR_NOT && n->kind <= EXPR_OR)
		left = expr_node(e, n->left, s);
	if (n->kind >= EXPR_AND && n->kind <= EXPR_OR)
		right = expr_node(e, n->right, s);
	switch (n->kind) {
	case EXPR_ALL:
		return TRUTH_YES;
	case EXPR_NONE:
		return TRUTH_NO;
	case EXPR_NOT:
		return expr_mirror(left);
	case EXPR_AND:
		return min_of(left, right);
	case EXPR_MINUS:
		return min_of(left, expr_mirror(right));
	case EXPR_OR:
		return max_of(left, right);
	case EXPR_PRED:
		left = expr_pred(n, s);
		n->used |= left == TRUTH_YES;
		return left;
	}
	return TRUTH_NO;
}

enum truth expr_eval(struct expr *e, const struct expr_subject *subject)
{
	return expr_node(e, e->root, subject);
}

int expr_check_used(const struct expr *e, struct err *err)
{
	uint32_t i;

	for (i = 0; i < e->n_nodes; i++) {
		const struct expr_node *n = &e->nodes[i];

		if (n->kind == EXPR_PRED && !n->used && n->pred != PRED_LAST)
			return err_set(err, -EINVAL,
				       "in the filter '%s', column %u: '%.*s' "
				       "matches no test", e->source, n->column,
				       (int)n->len, e->source + n->column - 1);
	}
	return 0;
}
