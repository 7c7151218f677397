/* SPDX-License-Identifier: MIT */
#include "sched/auto.h"

#include "base/clock.h"
#include "base/mem.h"
#include "sched/keys.h"

#include <stdio.h>
#include <stdlib.h>

/* Of a scope's own time; and of all predicted time. */
#define AUTO_SETUP_SHARE 0.05
#define AUTO_HISTORY_SHARE 0.5

static double auto_seconds(double ns)
{
	return ns / (double)NS_PER_S;
}

/* All is known, and it is next to nothing. */
static bool auto_is_tiny(const struct units *u)
{
	return u->n_tests > 0 && u->known_ns >= u->total_ns &&
	       u->known_ns > 0 && u->total_ns <= 2 * AUTO_START_NS;
}

/* ---- fixtures: AUTO-3 ------------------------------------------------ */

struct auto_scope {
	double work_ns;
	uint64_t setup_ns;
};

static void auto_add_scope(const struct units *u, struct keys *keys,
			   struct auto_scope *scopes, const struct unit *unit)
{
	const struct test *t = &u->listing->tests[unit->test_ix];
	const struct cost *row =
		&u->costs->rows[costs_row(u->costs, unit->test_ix,
					  unit->index)];
	uint32_t i = keys_add(keys, keys_hash(KEY_SCOPE, t->suite_ix, t->name,
					      t->scope_len));

	scopes[i].work_ns += (double)row->est_ns * unit->count;
	scopes[i].setup_ns = costs_setup_ns(u->costs, unit->test_ix);
}

static bool auto_has_dear_setup(const struct units *u)
{
	struct auto_scope *scopes;
	struct keys keys = { 0 };
	bool found = false;
	uint32_t i;

	if (u->costs->n_setups == 0)
		return false;
	scopes = mem_array(u->n, sizeof(*scopes));
	for (i = 0; i < u->n; i++)
		auto_add_scope(u, &keys, scopes, &u->items[i]);
	for (i = 0; i < keys.n; i++)
		found |= (double)scopes[i].setup_ns >
			 AUTO_SETUP_SHARE * scopes[i].work_ns;
	free(scopes);
	keys_fini(&keys);
	return found;
}

/* ---- the rule -------------------------------------------------------- */

static void auto_explain_history(struct auto_choice *c, const struct units *u)
{
	if (u->known_ns > 0)
		snprintf(c->why, sizeof(c->why),
			 "history covers %.0f %% of %.3g s",
			 100 * u->known_ns / u->total_ns,
			 auto_seconds(u->total_ns));
	else
		snprintf(c->why, sizeof(c->why), "no history");
}

void auto_choose(struct auto_choice *choice, const struct units *u,
		 bool free_jobs)
{
	*choice = (struct auto_choice){ .ops = &sched_load };
	if (u->n_tests == 1) {
		snprintf(choice->why, sizeof(choice->why), "one test");
	} else if (free_jobs && auto_is_tiny(u)) {
		choice->one_job = true;
		snprintf(choice->why, sizeof(choice->why),
			 "%.2g ms in all, no more than a worker's start",
			 1e3 * auto_seconds(u->total_ns));
	} else if (auto_has_dear_setup(u)) {
		choice->ops = &sched_longest;
		snprintf(choice->why, sizeof(choice->why),
			 "a fixture takes long to set up");
	} else {
		if (u->known_ns > 0 &&
		    u->known_ns >= AUTO_HISTORY_SHARE * u->total_ns)
			choice->ops = &sched_longest;
		auto_explain_history(choice, u);
	}
}
