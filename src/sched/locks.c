/* SPDX-License-Identifier: MIT */
#include "sched/locks.h"

#include "base/mem.h"
#include "base/vec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Takes ":word" off the front of what is behind a name. */
static bool locks_suffix(const char **at, const char *end, char c)
{
	if (end - *at < 2 || (*at)[0] != ':' || (*at)[1] != c ||
	    (end - *at > 2 && (*at)[2] != ':'))
		return false;
	*at += 2;
	return true;
}

bool locks_next(const char **list, struct lock_ask *ask)
{
	struct unit_name whole;
	const char *at, *end;

	if (!units_next_name(list, &whole))
		return false;
	end = whole.text + whole.len;
	at = memchr(whole.text, ':', whole.len);
	if (!at)
		at = end;
	*ask = (struct lock_ask){
		.name = { whole.text, (size_t)(at - whole.text) },
	};
	if (locks_suffix(&at, end, 'r'))
		ask->shared = true;
	else
		locks_suffix(&at, end, 'w');
	if (at < end)
		ask->units = (uint32_t)strtoul(at + 1, NULL, 10);
	return true;
}

static uint64_t locks_hash(const struct unit_name *name)
{
	return keys_hash(KEY_LOCK, 0, name->text, name->len);
}

static void locks_add_one(struct locks *l, struct units *u,
			  const struct lock_ask *ask)
{
	uint32_t id = keys_add(&l->keys, locks_hash(&ask->name));
	struct lock *lock;

	if (id == u->n_locks) {
		vec_room(u->locks, u->n_locks, u->cap_locks);
		u->locks[u->n_locks++] = (struct lock){
			.name = ask->name.text,
			.name_len = (uint32_t)ask->name.len,
			.units = 1,
		};
	}
	lock = &u->locks[id];
	lock->units = max_of(lock->units, ask->units);
}

static int locks_refuse(const struct units *u, uint32_t test_ix,
			const struct lock_ask *ask, const char *why,
			struct err *err)
{
	return err_set(err, -EINVAL, "%s: .lock = \"%s\": '%.*s' %s",
		       u->listing->tests[test_ix].name,
		       u->listing->tests[test_ix].attrs->lock,
		       (int)ask->name.len, ask->name.text, why);
}

/* Twice in one list: the later one must say the same. */
static bool locks_contradict(const struct lock_ask *a, const char *rest)
{
	struct lock_ask b;

	while (locks_next(&rest, &b))
		if (a->name.len == b.name.len &&
		    memcmp(a->name.text, b.name.text, b.name.len) == 0 &&
		    (a->shared != b.shared || a->units != b.units))
			return true;
	return false;
}

int locks_add(struct locks *l, struct units *u, uint32_t test_ix,
	      struct err *err)
{
	const char *list = u->listing->tests[test_ix].attrs->lock;
	struct lock_ask ask;

	while (locks_next(&list, &ask)) {
		if (ask.shared && ask.units)
			return locks_refuse(u, test_ix, &ask,
					    "cannot be shared and counted",
					    err);
		if (locks_contradict(&ask, list))
			return locks_refuse(u, test_ix, &ask,
					    "is asked for in two ways", err);
		locks_add_one(l, u, &ask);
	}
	return 0;
}

/* ---- order and sizes ------------------------------------------------- */

struct locks_order {
	struct lock lock;
	uint32_t id;
};

static int locks_compare(const struct lock *a, const struct lock *b)
{
	int c = memcmp(a->name, b->name, min_of(a->name_len, b->name_len));

	return c ? c
		 : (a->name_len > b->name_len) - (a->name_len < b->name_len);
}

static int locks_by_name(const void *va, const void *vb)
{
	const struct locks_order *a = va, *b = vb;

	return locks_compare(&a->lock, &b->lock);
}

void locks_sort(struct locks *l, struct units *u, const struct lock *sizes,
		uint32_t n_sizes)
{
	uint32_t n = u->n_locks, i, k;
	struct locks_order *order = mem_array(n, sizeof(*order));

	l->index = mem_array(n, sizeof(*l->index));
	for (i = 0; i < n; i++)
		order[i] = (struct locks_order){ u->locks[i], i };
	if (n)
		qsort(order, n, sizeof(*order), locks_by_name);
	for (i = 0; i < n; i++) {
		u->locks[i] = order[i].lock;
		l->index[order[i].id] = i;
		for (k = 0; k < n_sizes; k++)
			if (locks_compare(&u->locks[i], &sizes[k]) == 0)
				u->locks[i].units = sizes[k].units;
	}
	free(order);
}

struct lock_use locks_use(const struct locks *l, const struct units *u,
			  const struct lock_ask *ask)
{
	uint32_t id = keys_find(&l->keys, locks_hash(&ask->name));
	uint32_t lock = l->index[id];

	return (struct lock_use){
		.lock = lock,
		.units = ask->units   ? ask->units
			 : ask->shared ? 1
				       : u->locks[lock].units,
		.shared = ask->shared,
	};
}

void locks_fini(struct locks *l)
{
	keys_fini(&l->keys);
	free(l->index);
}
