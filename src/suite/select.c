/* SPDX-License-Identifier: MIT */
#include "suite/select.h"

#include "base/mem.h"

#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

/* A glob, and the same with its "[N-M]" taken as instances. */
struct glob {
	const char *text;
	char *name;	 /* without the brackets; NULL = there are none */
	uint32_t lo, hi; /* instances lo .. hi */
	bool used;
};

/* "name[3]", "name[10-19]": the part in brackets, if it is one. */
static bool select_brackets(const char *text, const char **open, uint32_t *lo,
			    uint32_t *hi)
{
	size_t len = strlen(text);
	unsigned long from, to;
	char *end;

	if (len < 3 || text[len - 1] != ']')
		return false;
	*open = strrchr(text, '[');
	if (!*open || !isdigit((unsigned char)(*open)[1]))
		return false;
	from = to = strtoul(*open + 1, &end, 10);
	if (*end == '-' && isdigit((unsigned char)end[1]))
		to = strtoul(end + 1, &end, 10);
	/* Numbers past any range pick nothing. */
	*lo = (uint32_t)min_of(from, (unsigned long)UINT32_MAX);
	*hi = (uint32_t)min_of(to, (unsigned long)UINT32_MAX);
	return end == text + len - 1;
}

static void glob_init(struct glob *g, const char *text)
{
	const char *open;

	*g = (struct glob){ .text = text };
	if (select_brackets(text, &open, &g->lo, &g->hi))
		g->name = mem_strndup(text, (size_t)(open - text));
}

static bool select_matches(const char *pattern, const struct test *t)
{
	char slash[512];
	size_t rest;

	if (strcmp(pattern, t->name) == 0 ||
	    fnmatch(pattern, t->name, 0) == 0)
		return true;
	rest = strlen(t->name) - t->scope_len;
	if (rest < 2 || strlen(t->name) >= sizeof(slash))
		return false;
	/* "Scope/name" */
	memcpy(slash, t->name, t->scope_len);
	slash[t->scope_len] = '/';
	/* With its end. */
	memcpy(slash + t->scope_len + 1, t->name + t->scope_len + 2, rest - 1);
	return fnmatch(pattern, slash, 0) == 0;
}

/* Adds the instances a glob picks to the marks; the whole test when marks
 * cannot hold it. */
struct pick {
	bool all;
	bool *marks; /* per instance; NULL until one is picked alone */
};

static void select_mark(struct pick *pick, const struct test *t,
			const struct glob *g)
{
	uint32_t i, hi = min_of(g->hi, t->count - 1);

	if (!pick->marks)
		pick->marks = mem_array(t->count, sizeof(*pick->marks));
	for (i = g->lo; i <= hi; i++)
		pick->marks[i] = true;
}

static void select_pick(struct pick *pick, const struct test *t,
			struct glob *g)
{
	if (select_matches(g->text, t)) {
		pick->all = g->used = true;
	} else if (t->indexed && g->name && g->lo < t->count &&
		   g->lo <= g->hi && select_matches(g->name, t)) {
		g->used = true;
		select_mark(pick, t, g);
	}
}

static void select_add(struct plan *plan, uint32_t test_ix, uint32_t count,
		       const struct pick *pick)
{
	uint32_t i;

	if (pick->all) {
		plan_add(plan, test_ix, 0, count);
		return;
	}
	for (i = 0; pick->marks && i < count; i++)
		if (pick->marks[i])
			plan_add(plan, test_ix, i, 1);
}

static void select_test(const struct listing *l, uint32_t test_ix,
			struct glob *globs, uint32_t n, struct plan *plan)
{
	const struct test *t = &l->tests[test_ix];
	struct pick pick = { .all = n == 0 };
	uint32_t i;

	for (i = 0; i < n; i++)
		select_pick(&pick, t, &globs[i]);
	select_add(plan, test_ix, t->count, &pick);
	free(pick.marks);
}

int select_apply(const struct listing *listing, const char *const *texts,
		 uint32_t n, struct plan *plan, struct err *err)
{
	struct glob *globs = mem_array(n, sizeof(*globs));
	uint32_t i;
	int ret = 0;

	for (i = 0; i < n; i++)
		glob_init(&globs[i], texts[i]);
	for (i = 0; i < listing->n_tests; i++)
		select_test(listing, i, globs, n, plan);
	for (i = 0; i < n; i++) {
		if (!globs[i].used && plan->n_positions > 0 && ret == 0)
			ret = err_set(err, -EINVAL,
				      "the filter '%s' matches no test",
				      texts[i]);
		free(globs[i].name);
	}
	free(globs);
	return ret;
}
