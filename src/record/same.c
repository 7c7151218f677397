/* SPDX-License-Identifier: MIT */
#include "record/same.h"

#include "base/id.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static uint32_t same_hash(const struct listing *l, const struct test *t)
{
	return (uint32_t)id_test(l->suites[t->suite_ix].id, t->name,
				 strlen(t->name));
}

static void same_put(struct same *s, uint32_t test_ix)
{
	const struct test *t = &s->listing->tests[test_ix];
	uint32_t at = same_hash(s->listing, t) & (s->cap - 1);

	while (s->slots[at] != SAME_NONE)
		at = (at + 1) & (s->cap - 1);
	s->slots[at] = test_ix;
}

static void same_grow(struct same *s)
{
	uint32_t *old = s->slots;
	uint32_t n = s->cap, i;

	s->cap = n ? n * 2 : 64;
	s->slots = mem_alloc(s->cap * sizeof(*s->slots));
	memset(s->slots, 0xff, s->cap * sizeof(*s->slots));
	for (i = 0; i < n; i++)
		if (old[i] != SAME_NONE)
			same_put(s, old[i]);
	free(old);
}

void same_add(struct same *s, uint32_t test_ix)
{
	if (s->n >= s->cap / 2)
		same_grow(s);
	same_put(s, test_ix);
	s->n++;
}

void same_add_all(struct same *s)
{
	uint32_t i;

	for (i = 0; i < s->listing->n_tests; i++)
		same_add(s, i);
}

static bool same_is(const struct same *s, uint32_t test_ix,
		    const struct listing *other, const struct test *test)
{
	const struct test *t = &s->listing->tests[test_ix];

	return strcmp(t->name, test->name) == 0 &&
	       t->indexed == test->indexed &&
	       strcmp(s->listing->suites[t->suite_ix].path,
		      other->suites[test->suite_ix].path) == 0;
}

uint32_t same_find(const struct same *s, const struct listing *other,
		   const struct test *test)
{
	uint32_t at;

	if (s->cap == 0)
		return SAME_NONE;
	at = same_hash(other, test) & (s->cap - 1);
	while (s->slots[at] != SAME_NONE &&
	       !same_is(s, s->slots[at], other, test))
		at = (at + 1) & (s->cap - 1);
	return s->slots[at];
}

void same_fini(struct same *s)
{
	free(s->slots);
	*s = (struct same){ 0 };
}
