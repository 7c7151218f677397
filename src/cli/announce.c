/* SPDX-License-Identifier: MIT */
#include "cli/announce.h"

#include "base/clock.h"
#include "base/mem.h"

#include <stdlib.h>

static double announce_seconds(double ns)
{
	return ns / (double)NS_PER_S;
}

/* The unit that takes longest, and what all others make the run last. */
struct announce {
	const struct units *u;
	uint32_t n_jobs;
	uint32_t longest; /* entry */
	double longest_ns, second_ns;
};

static void announce_find_longest(struct announce *a)
{
	uint32_t i;

	for (i = 0; i < a->u->n; i++) {
		const struct unit *unit = &a->u->items[i];

		if (unit->member || unit->est_ns <= a->second_ns)
			continue;
		if (unit->est_ns <= a->longest_ns) {
			a->second_ns = unit->est_ns;
			continue;
		}
		a->second_ns = a->longest_ns;
		a->longest_ns = unit->est_ns;
		a->longest = i;
	}
}

static uint32_t announce_useful_jobs(const struct announce *a)
{
	double n = a->u->total_ns / a->longest_ns;

	if (n >= (double)a->n_jobs)
		return a->n_jobs;
	return (uint32_t)n + ((double)(uint32_t)n < n);
}

/* JOBS-5; of a bound unit SCOPE-7, which also says what longest would do. */
static void announce_longest(struct str *out, const struct sched_ops *ops,
			     const struct announce *a)
{
	const struct units *u = a->u;
	double rest = (u->total_ns - a->longest_ns) / a->n_jobs;
	uint32_t useful = announce_useful_jobs(a);

	rest = max_of(rest, a->second_ns);
	if (a->n_jobs < 2 || a->longest_ns <= rest)
		return;
	if (u->items[a->longest].bound && ops->key != UNIT_TEST) {
		str_addf(out, "%s: ", ops->name);
		units_print_name(out, u, a->longest);
		str_addf(out,
			 " is %.3g s of %.3g s; %u job%s enough; --dist "
			 "longest would take %.3g s\n",
			 announce_seconds(a->longest_ns),
			 announce_seconds(u->total_ns), useful,
			 useful == 1 ? " is" : "s are",
			 announce_seconds(max_of(u->total_ns / a->n_jobs,
						 u->longest_ns)));
	} else if (useful < a->n_jobs) {
		str_addf(out, "more than %u job%s cannot help: ", useful,
			 useful == 1 ? "" : "s");
		units_print_name(out, u, a->longest);
		str_addf(out, " alone is %.3g s\n",
			 announce_seconds(a->longest_ns));
	}
}

/* LOCK-4: who holds the same lock waits for each other. */
static void announce_locks(struct str *out, const struct announce *a)
{
	const struct units *u = a->u;
	double *held = mem_array(u->n_locks, sizeof(*held));
	double bound = max_of(u->total_ns / a->n_jobs, a->longest_ns);
	uint32_t i, k;

	for (i = 0; i < u->n; i++) {
		const struct unit *unit = &u->items[i];
		const struct gate_rule *rule;
		double ns = unit->est_ns * (unit->bound ? 1 : unit->count);

		if (unit->member || !unit->gate)
			continue;
		rule = &u->gates[unit->gate - 1];
		for (k = rule->first_use; k < rule->first_use + rule->n_uses;
		     k++)
			if (!u->uses[k].shared)
				held[u->uses[k].lock] +=
					ns * u->uses[k].units /
					u->locks[u->uses[k].lock].units;
	}
	for (i = 0; i < u->n_locks; i++)
		if (held[i] > bound && held[i] >= ANNOUNCE_MIN_NS)
			str_addf(out,
				 "the lock '%.*s' is held for %.3g s in all: "
				 "no number of jobs makes the run shorter\n",
				 (int)u->locks[i].name_len, u->locks[i].name,
				 announce_seconds(held[i]));
	free(held);
}

void announce_add(struct str *out, const struct sched_ops *ops,
		  const struct units *u, uint32_t n_jobs)
{
	struct announce a = { .u = u, .n_jobs = n_jobs };

	if (!u->ranked || ops->every_slot || n_jobs < 2)
		return;
	announce_find_longest(&a);
	if (a.longest_ns >= ANNOUNCE_MIN_NS)
		announce_longest(out, ops, &a);
	announce_locks(out, &a);
}
