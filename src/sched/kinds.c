/* SPDX-License-Identifier: MIT */
#include "sched/kinds.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* More names in one .affinity are cut off. */
#define KINDS_NAMES_MAX 64

void kinds_init(struct kinds *k, const struct listing *listing,
		enum unit_key key, struct str *remarks)
{
	*k = (struct kinds){ .listing = listing,
			     .key = key,
			     .remarks = remarks };
}

static uint32_t kinds_number(struct kinds *k, uint64_t hash)
{
	uint32_t id = keys_add(&k->keys, hash), old = k->cap, i;

	if (id < old)
		return id;
	k->cap = old ? old * 2 : 64;
	k->kinds = mem_resize(k->kinds, k->cap, sizeof(*k->kinds));
	for (i = old; i < k->cap; i++)
		k->kinds[i] = (struct kind){ .parent = i };
	return id;
}

static uint32_t kinds_root(struct kinds *k, uint32_t id)
{
	while (k->kinds[id].parent != id) {
		uint32_t above = k->kinds[id].parent;

		k->kinds[id].parent = k->kinds[above].parent;
		id = above;
	}
	return id;
}

/* ---- .affinity: KEY-GROUP -------------------------------------------- */

static int kinds_by_name(const void *va, const void *vb)
{
	const struct unit_name *a = va, *b = vb;
	int c = memcmp(a->text, b->text,
		       a->len < b->len ? a->len : b->len);

	return c ? c : (a->len > b->len) - (a->len < b->len);
}

/* The names, sorted, each once. */
static uint32_t kinds_names(const char *affinity, struct unit_name *names)
{
	uint32_t n = 0, kept = 0, i;

	while (n < KINDS_NAMES_MAX && units_next_name(&affinity, &names[n]))
		n++;
	qsort(names, n, sizeof(*names), kinds_by_name);
	for (i = 0; i < n; i++)
		if (kept == 0 || kinds_by_name(&names[kept - 1], &names[i]))
			names[kept++] = names[i];
	return kept;
}

/* Tests of a name alone and tests of a set with it do not share a slot. */
static void kinds_note_name(struct kinds *k, const struct unit_name *name,
			    bool alone)
{
	uint32_t id = kinds_number(
		k, keys_hash(KEY_NAME, 0, name->text, name->len));
	struct kind *kind = &k->kinds[id];

	kind->alone |= alone;
	kind->joined |= !alone;
	if (!kind->alone || !kind->joined || kind->told)
		return;
	kind->told = true;
	str_addf(k->remarks,
		 "the group '%.*s' is named alone and together with others: "
		 "those tests do not share a worker\n",
		 (int)name->len, name->text);
}

static uint32_t kinds_group(struct kinds *k, const char *affinity)
{
	struct unit_name names[KINDS_NAMES_MAX];
	uint32_t n = kinds_names(affinity, names), id, i;
	struct str joined = STR_INIT;

	for (i = 0; i < n; i++) {
		kinds_note_name(k, &names[i], n == 1);
		str_addf(&joined, "%s%.*s", i ? "_" : "", (int)names[i].len,
			 names[i].text);
	}
	id = n ? kinds_number(k, keys_hash(KEY_GROUP, 0, str_get(&joined),
					   joined.len))
	       : KEYS_NONE;
	str_fini(&joined);
	return id;
}

/* ---- a test's kind --------------------------------------------------- */

/* Who waits for a group stands alone: a unit that holds both it and a member
 * of the group would wait for itself. */
static uint32_t kinds_by_key(struct kinds *k, const struct test *t)
{
	if (*t->attrs->after)
		return KEYS_NONE;
	switch (k->key) {
	case UNIT_SCOPE:
		return kinds_number(k, keys_hash(KEY_SCOPE, t->suite_ix,
						 t->name, t->scope_len));
	case UNIT_FILE:
		return kinds_number(k, keys_hash(KEY_FILE, t->suite_ix,
						 t->file, strlen(t->file)));
	case UNIT_GROUP:
		if (*t->attrs->affinity)
			return kinds_group(k, t->attrs->affinity);
		break;
	case UNIT_TEST:
		break;
	}
	return KEYS_NONE;
}

/* A chain that reaches into several units makes them one (SCOPE-6). */
static uint32_t kinds_join(struct kinds *k, uint32_t id, const struct test *t)
{
	const char *serial = t->attrs->serial;
	uint32_t chain = kinds_number(k, keys_hash(KEY_CHAIN, t->suite_ix,
						   serial, strlen(serial)));
	uint32_t a, b;
	bool merges;

	if (id == KEYS_NONE)
		id = chain;
	a = kinds_root(k, id);
	b = kinds_root(k, chain);
	merges = k->kinds[chain].reached && a != b;
	k->kinds[chain].reached = true;
	if (a != b)
		k->kinds[b].parent = a;
	if (merges && !k->kinds[chain].told) {
		k->kinds[chain].told = true;
		str_addf(k->remarks,
			 "the chain '%s' reaches into several units: they run "
			 "as one\n",
			 serial);
	}
	return id;
}

void kinds_add(struct kinds *k, uint32_t test_ix)
{
	const struct test *t = &k->listing->tests[test_ix];
	uint32_t id = kinds_by_key(k, t);

	if (*t->attrs->serial)
		id = kinds_join(k, id, t);
	if (id == KEYS_NONE && !k->of_test)
		return;
	if (!k->of_test) {
		k->of_test = mem_array(k->listing->n_tests,
				       sizeof(*k->of_test));
		memset(k->of_test, 0xff,
		       k->listing->n_tests * sizeof(*k->of_test));
	}
	k->of_test[test_ix] = id;
}

uint32_t kinds_close(struct kinds *k)
{
	return k->keys.n;
}

uint32_t kinds_get(struct kinds *k, uint32_t test_ix)
{
	if (!k->of_test || k->of_test[test_ix] == KEYS_NONE)
		return KEYS_NONE;
	return kinds_root(k, k->of_test[test_ix]);
}

void kinds_fini(struct kinds *k)
{
	keys_fini(&k->keys);
	free(k->kinds);
	free(k->of_test);
}
