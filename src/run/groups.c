/* SPDX-License-Identifier: MIT */
#include "run/groups.h"

#include "base/mem.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

/* Is a group's name in a comma-separated list? */
static bool groups_is_named(const char *list, const char *name)
{
	size_t len = strlen(name), word;

	for (;;) {
		list += strspn(list, ", ");
		if (!*list)
			return false;
		word = strcspn(list, ",");
		if (word >= len && memcmp(list, name, len) == 0 &&
		    strspn(list + len, " ") == word - len)
			return true;
		list += word;
	}
}

static void groups_add(struct groups *g, const struct plan *plan,
		       const char *list)
{
	uint32_t i;

	for (i = 0; *list && i < plan->n_groups; i++) {
		if (!groups_is_named(list, plan->groups[i].name))
			continue;
		vec_room(g->members, g->n_members, g->cap_members);
		g->members[g->n_members++] = i;
	}
}

static void groups_find_members(struct groups *g, const struct plan *plan,
				const struct listing *listing)
{
	uint32_t i;

	g->first = mem_array((size_t)listing->n_tests + 1, sizeof(*g->first));
	for (i = 0; i < listing->n_tests; i++) {
		groups_add(g, plan, listing->tests[i].attrs->affinity);
		g->first[i + 1] = g->n_members;
	}
}

void groups_open(struct groups *g, const struct plan *plan,
		 const struct listing *listing)
{
	uint32_t i;

	*g = (struct groups){ 0 };
	if (plan->n_groups == 0)
		return;
	groups_find_members(g, plan, listing);
	g->n_left = mem_array(plan->n_groups, sizeof(*g->n_left));
	g->failed = mem_array(plan->n_groups, sizeof(*g->failed));
	g->over = mem_array(plan->n_groups, sizeof(*g->over));
	for (i = 0; i < plan->n_groups; i++) {
		g->n_left[i] = plan->groups[i].n_members;
		/* Nobody of it was selected. */
		if (g->n_left[i] == 0)
			g->over[g->n_over++] = i;
	}
}

void groups_close(struct groups *g)
{
	free(g->first);
	free(g->members);
	free(g->n_left);
	free(g->failed);
	free(g->over);
	*g = (struct groups){ 0 };
}

void groups_ended(struct groups *g, uint32_t test_ix, enum outcome outcome)
{
	uint32_t i;

	if (!g->first)
		return;
	for (i = g->first[test_ix]; i < g->first[test_ix + 1]; i++) {
		uint32_t group = g->members[i];

		g->failed[group] |= outcome == OUTCOME_NOTRUN ||
				    outcome_is_failure(outcome);
		if (--g->n_left[group] == 0)
			g->over[g->n_over++] = group;
	}
}

bool groups_next_over(struct groups *g, uint32_t *group, bool *failed)
{
	if (g->n_over == 0)
		return false;
	*group = g->over[--g->n_over];
	*failed = g->failed[*group];
	return true;
}
