/* SPDX-License-Identifier: MIT */
/*
 * -f (suite/select.c): any globs over any names give a plan that is valid,
 * and that holds exactly what the manual says each glob picks.
 *
 * Input: names of tests, one per line, "NAME" or "NAME*COUNT" for a range;
 * a line "--"; globs, one per line.
 */
#include "suite/select.h"

#include "fuzz.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TESTS_MAX 64u
#define COUNT_MAX 40u
#define NAME_MAX_LEN 600u /* past the buffer for "Scope/name" */

static void add_test(struct listing *l, char *line)
{
	char *star = strrchr(line, '*'), *colons;
	unsigned long count = star ? strtoul(star + 1, NULL, 10) : 1;
	size_t len;

	if (star)
		*star = '\0';
	len = strnlen(line, NAME_MAX_LEN);
	if (len == 0)
		return;
	line[len] = '\0';
	colons = strstr(line, "::");
	listing_add_test(l, &(struct test){
		.name = listing_text(l, line, len),
		.file = "t.c",
		.count = (uint32_t)(1 + (count - 1) % COUNT_MAX),
		.scope_len = colons ? (uint32_t)(colons - line) : 0,
		.indexed = star != NULL,
	});
}

static void make_listing(struct listing *l, struct fuzz_input *in)
{
	uint32_t n, i;
	char **lines = fuzz_lines(in, &n);

	listing_init(l);
	listing_add_suite(l, "./t.so", "native");
	for (i = 0; i < n && i < TESTS_MAX; i++)
		add_test(l, lines[i]);
	fuzz_free_lines(lines);
}

static bool matches(const char *glob, const struct test *t)
{
	char slash[NAME_MAX_LEN + 1];

	if (strcmp(glob, t->name) == 0 || fnmatch(glob, t->name, 0) == 0)
		return true;
	if (strlen(t->name) < t->scope_len + 2u || strlen(t->name) >= 512)
		return false;
	snprintf(slash, sizeof(slash), "%.*s/%s", (int)t->scope_len, t->name,
		 t->name + t->scope_len + 2);
	return fnmatch(glob, slash, 0) == 0;
}

/* "NAME[N]" or "NAME[N-M]": digits only. */
static bool picks_instance(const char *glob, const struct test *t, uint32_t i)
{
	unsigned long long lo, hi;
	char *copy = strdup(glob), *open = strrchr(copy, '['), *at = open;
	bool yes = false;

	if (!open || !t->indexed || glob[strlen(glob) - 1] != ']')
		goto out;
	at += 1 + strspn(at + 1, "0123456789");
	if (at == open + 1)
		goto out;
	lo = hi = strtoull(open + 1, NULL, 10);
	if (*at == '-' && strspn(at + 1, "0123456789")) {
		hi = strtoull(at + 1, NULL, 10);
		at += 1 + strspn(at + 1, "0123456789");
	}
	if (strcmp(at, "]") != 0)
		goto out;
	*open = '\0';
	yes = i >= lo && i <= hi && matches(copy, t);
out:
	free(copy);
	return yes;
}

static bool is_wanted(char *const *globs, uint32_t n, const struct test *t,
		      uint32_t i)
{
	uint32_t g;

	for (g = 0; g < n; g++)
		if (matches(globs[g], t) || picks_instance(globs[g], t, i))
			return true;
	return n == 0;
}

/* Each wanted instance once, in the listing's order, and nothing else. */
static void must_hold(const struct plan *plan, const struct listing *l,
		      char *const *globs, uint32_t n)
{
	uint32_t p = 0, t, i;

	for (t = 0; t < l->n_tests; t++)
		for (i = 0; i < l->tests[t].count; i++) {
			struct instance at;

			if (!is_wanted(globs, n, &l->tests[t], i))
				continue;
			fuzz_must(p < plan->n_positions, "%s[%u] is missing",
				  l->tests[t].name, i);
			at = plan_at(plan, p++);
			fuzz_must(at.test_ix == t && at.index == i,
				  "%u: %s[%u]", p, l->tests[t].name, i);
		}
	fuzz_must(p == plan->n_positions, "%u of %u", p, plan->n_positions);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { .at = data, .left = size };
	struct err err = { 0 };
	struct listing listing;
	struct plan plan;
	char **globs;
	uint32_t n;

	make_listing(&listing, &in);
	globs = fuzz_lines(&in, &n);
	plan_init(&plan);
	select_apply(&listing, &(struct select_args){
		.globs = (const char *const *)globs, .n_globs = n }, &plan,
		     &err);
	must_hold(&plan, &listing, globs, n);
	if (plan.n_positions)
		plan_add_part(&plan, 0, plan.n_positions, 0);
	fuzz_must(plan_check(&plan, &listing, &err) == 0, "%s", err.text);
	plan_fini(&plan);
	listing_fini(&listing);
	fuzz_free_lines(globs);
	return 0;
}
