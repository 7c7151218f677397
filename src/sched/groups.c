/* SPDX-License-Identifier: MIT */
#include "sched/groups.h"

#include "base/mem.h"
#include "base/vec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static uint64_t groups_hash(const char *text, size_t len)
{
	return keys_hash(KEY_NAME, 0, text, len);
}

void groups_add(struct groups *g, struct units *u, const char *name)
{
	uint32_t id = keys_add(&g->keys, groups_hash(name, strlen(name)));

	if (id < u->n_groups)
		return;
	vec_room(u->groups, u->n_groups, u->cap_groups);
	u->groups[u->n_groups++] = (struct group){ .name = name };
}

uint32_t groups_find(const struct groups *g, const char *name)
{
	return keys_find(&g->keys, groups_hash(name, strlen(name)));
}

/* The next group in a list of names that somebody waits for. */
static bool groups_next(const struct groups *g, const char **list,
			uint32_t *group)
{
	struct unit_name name;

	while (units_next_name(list, &name)) {
		*group = keys_find(&g->keys, groups_hash(name.text, name.len));
		if (*group != KEYS_NONE)
			return true;
	}
	return false;
}

/* Is the group in a list, in front of a place in it? */
static bool groups_is_before(const struct groups *g, const char *list,
			     const char *place, uint32_t group)
{
	uint32_t other;

	while (groups_next(g, &list, &other) && list < place)
		if (other == group)
			return true;
	return false;
}

void groups_count(const struct groups *g, struct units *u,
		  const struct unit *unit)
{
	const char *all = u->listing->tests[unit->test_ix].attrs->affinity;
	const char *list = all;
	uint32_t group;

	/* Who names a group twice is in it once: it ends once. */
	while (groups_next(g, &list, &group))
		if (!groups_is_before(g, all, list, group))
			u->groups[group].n_members += unit->count;
}

bool groups_has(const struct groups *g, const struct units *u,
		const struct attrs *attrs)
{
	const char *list = attrs->affinity;
	uint32_t group;

	return u->n_groups && *list && groups_next(g, &list, &group);
}

void groups_link(struct groups *g, const struct units *u,
		 const struct unit *head, uint32_t to)
{
	const struct unit *unit = head;
	uint32_t from;

	for (;;) {
		const char *list =
			u->listing->tests[unit->test_ix].attrs->affinity;

		while (groups_next(g, &list, &from)) {
			vec_room(g->links, g->n_links, g->cap_links);
			g->links[g->n_links++] = (struct group_link){
				from, to, unit->test_ix
			};
		}
		if (!unit->next)
			return;
		unit = &u->items[unit->next];
	}
}

static bool groups_is_in(const struct test *t, const struct unit_name *wanted)
{
	const char *list = t->attrs->affinity;
	struct unit_name name;

	while (units_next_name(&list, &name))
		if (name.len == wanted->len &&
		    memcmp(name.text, wanted->text, name.len) == 0)
			return true;
	return false;
}

int groups_check_name(const struct listing *l, uint32_t test_ix,
		      struct err *err)
{
	const struct test *t = &l->tests[test_ix];
	struct unit_name wanted = { t->attrs->after, strlen(t->attrs->after) };
	uint32_t i;

	for (i = 0; i < l->n_tests; i++)
		if (*l->tests[i].attrs->affinity &&
		    groups_is_in(&l->tests[i], &wanted))
			return 0;
	return err_set(err, -EINVAL,
		       "%s: .after = \"%s\", but no test names that group in "
		       ".affinity",
		       t->name, t->attrs->after);
}

/* ---- circles --------------------------------------------------------- */

/* Takes links away that lead to groups that wait for nobody, until none is
 * left or all that is left leads round. */
static uint32_t groups_trim(const struct groups *g, uint32_t n_groups,
			    bool *waits)
{
	uint32_t left, before = UINT32_MAX, i;

	for (;;) {
		memset(waits, 0, n_groups * sizeof(*waits));
		for (left = i = 0; i < g->n_links; i++) {
			struct group_link *link = &g->links[i];

			if (link->to == KEYS_NONE)
				continue;
			waits[link->from] = true;
			left++;
		}
		if (left == before || left == 0)
			return left;
		before = left;
		for (i = 0; i < g->n_links; i++)
			if (g->links[i].to != KEYS_NONE &&
			    !waits[g->links[i].to])
				g->links[i].to = KEYS_NONE;
	}
}

static const struct group_link *groups_link_from(const struct groups *g,
						 uint32_t group)
{
	uint32_t i = 0;

	while (g->links[i].to == KEYS_NONE || g->links[i].from != group)
		i++;
	return &g->links[i];
}

static int groups_print_circle(const struct groups *g, const struct units *u,
			       uint32_t at, struct err *err)
{
	struct str circle = STR_INIT;
	uint32_t first;

	/* So many steps lead into it from anywhere. */
	for (first = 0; first < u->n_groups; first++)
		at = groups_link_from(g, at)->to;
	first = at;
	do {
		const struct group_link *link = groups_link_from(g, at);

		str_addf(&circle, "%s -> (%s) -> ", u->groups[at].name,
			 u->listing->tests[link->test_ix].name);
		at = link->to;
	} while (at != first);
	err_set(err, -EINVAL, "a circle of .after: %s%s", str_get(&circle),
		u->groups[first].name);
	str_fini(&circle);
	return -EINVAL;
}

int groups_check(const struct groups *g, const struct units *u,
		 struct err *err)
{
	bool *waits = mem_array(u->n_groups, sizeof(*waits));
	uint32_t left = groups_trim(g, u->n_groups, waits), at = 0;
	int ret = 0;

	while (left && !waits[at])
		at++;
	if (left)
		ret = groups_print_circle(g, u, at, err);
	free(waits);
	return ret;
}

void groups_fini(struct groups *g)
{
	keys_fini(&g->keys);
	free(g->links);
}
