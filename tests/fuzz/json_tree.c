/* SPDX-License-Identifier: MIT */
/*
 * JSON of other programs (base/json_tree.h), and what is made of it: the
 * tests of ctest (suite/ctest.h) and of Meson (suite/meson.h).  Any bytes are
 * a tree or one sentence; each test that is made has all that it needs.
 *
 * Input: the document.
 */
#include "base/json_tree.h"

#include "fuzz.h"
#include "suite/ctest.h"
#include "suite/meson.h"
#include "suite/programs.h"

#include <stdlib.h>
#include <string.h>

typedef int (*parse_fn)(struct programs *all, const char *folder, char *bytes,
			size_t len, struct err *unmapped, struct err *err);

static char *copy(const uint8_t *data, size_t size)
{
	char *bytes = malloc(size + 1);

	fuzz_must(bytes, "memory");
	if (size)
		memcpy(bytes, data, size);
	return bytes;
}

static void must_be_whole(const struct programs_test *t)
{
	const struct program *p = t->program;

	fuzz_must(p->path && p->argv && p->argv[0], "'%s'", t->name);
	fuzz_must(p->cwd && *p->cwd == '/', "'%s'", t->name);
	fuzz_must(adapter_is_word(t->name) && adapter_is_word(t->scope), "'%s'",
		  t->name);
	fuzz_must(t->attrs.weight >= 0 && t->attrs.timeout >= 0, "'%s'",
		  t->name);
	fuzz_must(t->attrs.priority >= -100 && t->attrs.priority <= 100, "'%s'",
		  t->name);
}

static void try_suite(parse_fn parse, const uint8_t *data, size_t size)
{
	struct adapter_suite suite = { 0 };
	struct programs *all = programs_open(&suite);
	struct err unmapped = { 0 }, err = { 0 };
	char *bytes = copy(data, size);
	int ret = parse(all, "/bin", bytes, size, &unmapped, &err);
	uint32_t i;

	fuzz_must((ret == 0) == (err.text[0] == '\0'), "%d '%s'", ret,
		  err.text);
	for (i = 0; ret == 0 && i < all->n; i++)
		must_be_whole(&all->items[i]);
	programs_close(&suite);
	free(bytes);
}

/* Each node but the first is a child once, and behind its parent. */
static void try_tree(const uint8_t *data, size_t size)
{
	char *bytes = copy(data, size);
	struct json_tree tree;
	struct err err = { 0 };
	uint32_t i, n_children = 0;
	int ret = json_tree_parse(&tree, bytes, size, &err);

	fuzz_must((ret == 0) == (err.text[0] == '\0'), "%d '%s'", ret,
		  err.text);
	for (i = 0; ret == 0 && i < tree.n; i++) {
		const struct json_node *n = &tree.nodes[i];

		fuzz_must(n->first == 0 || n->first > i, "node %u", i);
		fuzz_must(n->next == 0 || n->next > i, "node %u", i);
		n_children += (n->first != 0) + (n->next != 0);
	}
	fuzz_must(ret < 0 || n_children + 1 == tree.n, "%u of %u", n_children,
		  tree.n);
	json_tree_fini(&tree);
	free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	try_tree(data, size);
	try_suite(ctest_parse, data, size);
	try_suite(meson_parse, data, size);
	return 0;
}
