/* SPDX-License-Identifier: MIT */
/* Failed assertions of both kinds, in words. */
#include "shim/shim.h"

#include <stdlib.h>
#include <string.h>

/* ---- cr_assert_*() --------------------------------------------------- */

void criterion_send_assert(struct criterion_assert_stats *stats)
{
	if (!stats->passed)
		shim.host->fail(stats->file, stats->line, stats->message);
}

/* A passing assertion is told to nobody. */
void cri_asserts_passed_incr(void)
{
}

/* In the order of criterion_assert_messages; arguments are texts. */
static const char *const assert_defaults[] = {
	"assertion failed",
	"%s is false",
	"%s is false, as strings: actual \"%s\", expected \"%s\"",
	"%s is NULL",
	"%s is not NULL",
	"%s is empty",
	"%s is not empty: \"%s\"",
	"the contents of %s do not match the string \"%s\"",
	"the contents of %s do not match those of %s",
	"`%s` threw %s",
	"`%s` did not throw %s",
	"`%s` threw nothing",
	"`%s` threw something",
};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
char *cr_translate_assert_msg(int ix, ...)
{
	size_t n = array_size(assert_defaults);
	va_list ap;
	char *text;

	va_start(ap, ix);
	text = shim_format(assert_defaults[(size_t)ix < n ? ix : 0], ap);
	va_end(ap);
	return text;
}
#pragma GCC diagnostic pop

/* ---- cr_assert(eq(...)) ---------------------------------------------- */

void cri_assert_node_init(struct cri_assert_node *node)
{
	memset(node, 0, sizeof(*node));
}

struct cri_assert_node *cri_assert_node_add(struct cri_assert_node *tree,
					    struct cri_assert_node *node)
{
	if (tree->nchild == tree->maxchild) {
		tree->maxchild = tree->maxchild * 2 + 2;
		tree->children = realloc(tree->children,
					 tree->maxchild * sizeof(*node));
		if (!tree->children)
			abort();
	}
	tree->children[tree->nchild] = *node;
	return &tree->children[tree->nchild++];
}

/* As deep as the criteria that the test has written. */
/* NOLINTNEXTLINE(misc-no-recursion) */
void cri_assert_node_negate(struct cri_assert_node *tree)
{
	uint32_t i;

	for (i = 0; i < tree->nchild; i++)
		cri_assert_node_negate(&tree->children[i]);
	tree->pass = !tree->pass;
}

static uint32_t assert_count_params(const struct cri_assert_node *node)
{
	uint32_t n = 0;

	while (n < SHIM_PARAMS && node->params[n].name)
		n++;
	return n;
}

/* NOLINTNEXTLINE(misc-no-recursion) */
void cri_assert_node_term(struct cri_assert_node *tree)
{
	uint32_t i, n = assert_count_params(tree);

	for (i = 0; i < n; i++)
		free(tree->params[i].data);
	for (i = 0; i < tree->nchild; i++)
		cri_assert_node_term(&tree->children[i]);
	free((void *)(uintptr_t)tree->message);
	free(tree->children);
	if (tree->dynrepr)
		free((void *)(uintptr_t)tree->repr);
}

/* A text that grows. */
struct assert_text {
	char *bytes;
	size_t len, size;
};

printf_like(2, 3) static void assert_add(struct assert_text *t,
					 const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (cri_fmt_vbprintf(&t->bytes, &t->len, &t->size, fmt, ap) < 0)
		abort();
	va_end(ap);
}

/* "    name: value", further lines of the value under its first. */
static void assert_add_param(struct assert_text *t,
			     const struct cri_assert_param *param)
{
	const char *at = param->data ? param->data : "(none)";
	size_t len;

	assert_add(t, "\n    %s: ", param->name);
	for (;;) {
		len = strcspn(at, "\n");
		assert_add(t, "%.*s", (int)len, at);
		at += len;
		if (!*at || !at[1])
			return;
		at++;
		assert_add(t, "\n    %*s  ", (int)strlen(param->name), "");
	}
}

/* The failing leaves.  A node with values has digested its children. */
/* NOLINTNEXTLINE(misc-no-recursion) */
static void assert_add_leaves(struct assert_text *t,
			      const struct cri_assert_node *node)
{
	uint32_t i, n = assert_count_params(node);

	if (n) {
		assert_add(t, "\n  %s", node->repr ? node->repr : "");
		if (node->message && *node->message)
			assert_add(t, ": %s", node->message);
		for (i = 0; i < n; i++)
			assert_add_param(t, &node->params[i]);
		return;
	}
	if (node->nchild == 0 && node->repr)
		assert_add(t, "\n  %s", node->repr);
	for (i = 0; i < node->nchild; i++)
		if (!node->children[i].pass)
			assert_add_leaves(t, &node->children[i]);
}

void cri_assert_node_send(const char *file, size_t line,
			  struct cri_assert_node *tree)
{
	bool has_message = tree->message && *tree->message;
	struct assert_text t = { 0 };

	assert_add(&t, "%s", has_message ? tree->message : "assertion failed");
	assert_add_leaves(&t, tree);
	shim.host->fail(file, (uint32_t)line, t.bytes);
	free(t.bytes);
}

/* The caller has put an x in front, so that no format is empty. */
char *cri_assert_message(const char *fmt, ...)
{
	va_list ap;
	char *text;

	if (!fmt[0] || !fmt[1])
		return strdup("");
	va_start(ap, fmt);
	text = shim_format(fmt + 1, ap);
	va_end(ap);
	return text;
}
