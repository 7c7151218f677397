/* SPDX-License-Identifier: MIT */
#include "cli/planning.h"

#include "base/compiler.h"
#include "cli/announce.h"
#include "sched/auto.h"
#include "sched/keys.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Fewer filtered ones have no canaries (CAN-4). */
#define PLANNING_CANARY_TESTS 20

static bool planning_is_filtered(const struct options *o)
{
	return o->filters.n || o->exprs.n || o->last_failed;
}

/* ---- --last-failed --------------------------------------------------- */

/* What to run again: instances, and the chains that some of them are in. */
struct planning_again {
	const struct costs *costs;
	struct keys chains;
	struct plan *kept;
};

/* 0 = in none. */
static uint64_t planning_chain(const struct test *t)
{
	const char *serial = t->attrs->serial;

	return *serial ? keys_hash(KEY_CHAIN, t->suite_ix, serial,
				   strlen(serial)) : 0;
}

/* Calls keep with each instance, or block of them, that is to do. */
static void planning_find_todo(struct planning_again *again,
			       const struct stretch *s,
			       void (*keep)(struct planning_again *again,
					    uint32_t test_ix, uint32_t index,
					    uint32_t count))
{
	const struct costs *c = again->costs;
	uint32_t index = s->first.index, end = index + s->count;
	uint32_t block = costs_block(c->listing->tests[s->first.test_ix].count);

	while (index < end) {
		uint32_t row = costs_row(c, s->first.test_ix, index);
		uint32_t next = (index / block + 1) * block;

		next = min_of(next, end);
		if (c->rows[row].todo)
			keep(again, s->first.test_ix, index, next - index);
		index = next;
	}
}

static void planning_keep_chain(struct planning_again *again, uint32_t test_ix,
				uint32_t index, uint32_t count)
{
	uint64_t chain =
		planning_chain(&again->costs->listing->tests[test_ix]);

	(void)index;
	(void)count;
	if (chain)
		keys_add(&again->chains, chain);
}

static void planning_keep_part(struct planning_again *again, uint32_t test_ix,
			       uint32_t index, uint32_t count)
{
	plan_add(again->kept, test_ix, index, count);
}

/* A test of a chain leans on what those before it left: all of it runs. */
static void planning_keep_again(struct planning_again *again,
				const struct stretch *s)
{
	uint64_t chain = planning_chain(
		&again->costs->listing->tests[s->first.test_ix]);

	if (chain && keys_find(&again->chains, chain) != KEYS_NONE)
		plan_add(again->kept, s->first.test_ix, s->first.index,
			 s->count);
	else
		planning_find_todo(again, s, planning_keep_part);
}

void planning_keep_failed(struct planning *p, const struct costs *costs,
			  struct plan *selected)
{
	struct stretch at = { 0 };
	struct plan kept;
	struct planning_again again = { .costs = costs, .kept = &kept };

	plan_init(&kept);
	while (plan_walk(selected, &at))
		planning_find_todo(&again, &at, planning_keep_chain);
	at = (struct stretch){ 0 };
	while (plan_walk(selected, &at))
		planning_keep_again(&again, &at);
	if (kept.n_positions == 0) {
		str_add(&p->told, "no test is known to have failed last time: "
				  "all are run\n");
		plan_fini(&kept);
		return;
	}
	str_addf(&p->told, "last failed: %" PRIu32 " of %" PRIu32 " tests%s\n",
		 kept.n_positions, selected->n_positions,
		 again.chains.n ? ", whole .serial chains among them" : "");
	keys_fini(&again.chains);
	plan_fini(selected);
	*selected = kept;
}

/* ---- --repeat ---------------------------------------------------------- */

void planning_repeat(struct planning *p, struct plan *selected)
{
	uint32_t n = selected->n_positions;

	if (p->o->repeat == 1 || p->o->stress)
		return;
	str_addf(&p->told, "repeat: each of %" PRIu32 " test%s %" PRIu32
		 " times\n", n, n == 1 ? "" : "s", p->o->repeat);
	plan_repeat(selected, p->o->repeat);
}

/* ---- units ----------------------------------------------------------- */

static void planning_choose_order(struct planning *p)
{
	const struct options *o = p->o;

	p->ordering = (struct ordering){ .order = o->order,
					 .rest = p->ops->order,
					 .seed = o->seed };
	if (o->order == ORDER_DEFAULT)
		p->ordering.order = p->ops->order;
	if (o->keep_scope_order && p->ops->key != UNIT_TEST)
		p->ordering.order = p->ordering.rest = ORDER_COLLECTION;
}

/* Is the selection as it stands the plan?  Then no test is looked at alone:
 * the first of a million starts a quarter of a second sooner. */
static bool planning_is_plain(const struct planning *p,
			      const struct costs *costs)
{
	const struct options *o = p->o;

	return (!o->dist || o->dist == &sched_load || o->dist == &sched_no) &&
	       (o->order == ORDER_DEFAULT || o->order == ORDER_COLLECTION) &&
	       !o->plugin && !o->dry_run && !o->explain &&
	       !costs->listing->has_order && !costs_are_known(costs);
}

int planning_open(struct planning *p, const struct costs *costs,
		  const struct plan *selected, struct err *err)
{
	struct units_request rq = {
		.listing = costs->listing,
		.selected = selected,
		.costs = costs,
		.blocks = p->o->order == ORDER_RANDOM,
		.sizes = p->o->locks.items,
		.n_sizes = p->o->locks.n,
	};
	int ret;

	p->ops = p->o->dist ? p->o->dist : &sched_load;
	rq.key = p->ops->key;
	p->plain = planning_is_plain(p, costs);
	if (p->plain) {
		units_count(&p->units, &rq);
		return 0;
	}
	ret = units_gather(&p->units, &rq, err);
	str_add(&p->told, str_get(&p->units.remarks));
	return ret;
}

void planning_close(struct planning *p)
{
	units_fini(&p->units);
	str_fini(&p->told);
}

uint64_t planning_useful_jobs(const struct planning *p)
{
	return p->ops->every_slot ? UINT64_MAX : units_useful(&p->units);
}

/* ---- the plan -------------------------------------------------------- */

static void planning_use_one_job(struct jobs *jobs, const char *why)
{
	jobs->n = 1;
	snprintf(jobs->why, sizeof(jobs->why), "1 worker: %s", why);
}

static void planning_decide(struct planning *p, struct jobs *jobs)
{
	struct auto_choice choice;

	if (p->ops->one_slot)
		planning_use_one_job(jobs, "--dist no");
	if (p->o->plugin) {
		str_addf(&p->told, "dist %s", p->o->plugin);
		return;
	}
	if (p->o->dist) {
		str_addf(&p->told, "dist %s", p->ops->name);
		return;
	}
	auto_choose(&choice, &p->units, jobs->computed);
	p->ops = choice.ops;
	if (choice.one_job)
		planning_use_one_job(jobs, "dist auto");
	str_addf(&p->told, "dist auto -> %s (%s, %u job%s)", p->ops->name,
		 choice.why, jobs->n, jobs->n == 1 ? "" : "s");
}

static void planning_tell_order(struct planning *p)
{
	const struct ordering *o = &p->ordering;

	if (o->order == ORDER_RANDOM)
		str_addf(&p->told, ", order random:%" PRIu64, o->seed);
	else
		str_addf(&p->told, ", order %s", order_names[o->order]);
	str_add(&p->told, "\n");
}

static uint32_t planning_canaries(const struct planning *p)
{
	uint32_t times = max_of(p->units.n_times, 1u);
	bool few = p->units.n_tests / times < PLANNING_CANARY_TESTS;

	if (p->o->plugin)
		return 0; /* it says what comes first */
	return planning_is_filtered(p->o) && few ? 0 : p->o->canaries;
}

void planning_make(struct planning *p, struct jobs *jobs,
		   struct plan *selected, struct plan *plan)
{
	struct sched_request rq;

	planning_decide(p, jobs);
	planning_choose_order(p);
	planning_tell_order(p);
	if (p->plain) {
		sched_plan_plain(plan, selected);
		return;
	}
	announce_add(&p->told, p->ops, &p->units, jobs->n);
	rq = (struct sched_request){ .ops = p->ops,
				     .units = &p->units,
				     .ordering = p->ordering,
				     .n_slots = jobs->n,
				     .n_canaries = planning_canaries(p) };
	sched_plan(plan, &rq);
}
