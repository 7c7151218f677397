/* SPDX-License-Identifier: MIT */
/*
 * sched_load.c - load and no, and the three of the loadscope family: the
 * body in order behind one cursor (LOAD-1, NO-1, SCOPE-1).  What differs is
 * what a unit is, and the order.
 */
#include "sched/draft.h"

static void load_plan(struct draft *d)
{
	struct piece piece;
	uint32_t lo;

	draft_lay_canaries(d);
	lo = d->plan->n_positions;
	draft_begin(d, lo, 0);
	while (draft_next(d, &piece))
		draft_lay(d, &piece);
	draft_add_part(d, lo, 0);
}

const struct sched_ops sched_load = {
	.name = "load",
	.help = "each idle worker takes the next test",
	.plan = load_plan,
	.order = ORDER_COLLECTION,
};

const struct sched_ops sched_no = {
	.name = "no",
	.help = "one worker, one test after the other",
	.plan = load_plan,
	.order = ORDER_COLLECTION,
	.one_slot = true,
};

const struct sched_ops sched_loadscope = {
	.name = "loadscope",
	.help = "a scope's tests run on one worker, in order",
	.plan = load_plan,
	.key = UNIT_SCOPE,
	.order = ORDER_HISTORY,
};

const struct sched_ops sched_loadfile = {
	.name = "loadfile",
	.help = "a source file's tests run on one worker, in order",
	.plan = load_plan,
	.key = UNIT_FILE,
	.order = ORDER_HISTORY,
};

const struct sched_ops sched_loadgroup = {
	.name = "loadgroup",
	.help = "tests with the same .affinity run on one worker, in order",
	.plan = load_plan,
	.key = UNIT_GROUP,
	.order = ORDER_HISTORY,
};
