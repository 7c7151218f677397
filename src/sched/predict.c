/* SPDX-License-Identifier: MIT */
#include "sched/predict.h"

#include "base/compiler.h"
#include "base/mem.h"

#include <stdlib.h>

struct predict {
	const struct plan *plan;
	const struct costs *costs;
	double *free_at; /* of each slot: a heap, the earliest first */
	uint32_t n_slots;
	uint32_t bound, gated, segment; /* how far the walk has come */
};

/* The slot that is free first works so long. */
static void predict_take(struct predict *p, double ns)
{
	double end = p->free_at[0] + ns;
	uint32_t i = 0, child;

	while ((child = 2 * i + 1) < p->n_slots) {
		if (child + 1 < p->n_slots &&
		    p->free_at[child + 1] < p->free_at[child])
			child++;
		if (end <= p->free_at[child])
			break;
		p->free_at[i] = p->free_at[child];
		i = child;
	}
	p->free_at[i] = end;
}

static double predict_last(const struct predict *p)
{
	double last = 0;
	uint32_t i;

	for (i = 0; i < p->n_slots; i++)
		last = max_of(last, p->free_at[i]);
	return last;
}

/* All are free when the last one is. */
static void predict_join(struct predict *p)
{
	double last = predict_last(p);
	uint32_t i;

	for (i = 0; i < p->n_slots; i++)
		p->free_at[i] = last;
}

static double predict_one(struct predict *p, uint32_t position)
{
	struct instance at = plan_at_near(p->plan, position, &p->segment);

	return (double)p->costs
		->rows[costs_row(p->costs, at.test_ix, at.index)].est_ns;
}

/* Units of lo .. hi - 1, each on the slot that is free first. */
static void predict_range(struct predict *p, uint32_t lo, uint32_t hi)
{
	while (p->bound < p->plan->n_bounds &&
	       p->plan->bounds[p->bound].hi <= lo)
		p->bound++;
	while (lo < hi) {
		double ns = predict_one(p, lo++);

		if (p->bound < p->plan->n_bounds &&
		    p->plan->bounds[p->bound].lo == lo - 1) {
			uint32_t end = p->plan->bounds[p->bound++].hi;

			while (lo < end)
				ns += predict_one(p, lo++);
		}
		predict_take(p, ns);
	}
}

/* each: a list for every slot. */
static double predict_lists(struct predict *p)
{
	double last = 0;
	uint32_t i, k;

	for (i = 0; i < p->plan->n_deals; i++) {
		const struct deal *d = &p->plan->deals[i];
		double ns = 0;

		for (k = d->lo; k < d->hi; k++)
			ns += predict_one(p, k);
		last = max_of(last, ns);
	}
	return last;
}

double predict_end(const struct plan *plan, const struct costs *costs,
		   uint32_t n_slots)
{
	struct predict p = { .plan = plan,
			     .costs = costs,
			     .n_slots = n_slots };
	uint32_t end = plan->n_late ? plan->late[0].lo : plan->n_positions, i;
	double last;

	if (plan->n_deals && plan->deals[0].bound)
		return predict_lists(&p);
	p.free_at = mem_array(n_slots, sizeof(*p.free_at));
	predict_range(&p, 0, end);
	for (i = 0; i < plan->n_late; i++) {
		predict_join(&p);
		p.n_slots = plan->late[i].alone ? 1 : n_slots;
		predict_range(&p, plan->late[i].lo, plan->late[i].hi);
		p.n_slots = n_slots;
	}
	last = predict_last(&p);
	free(p.free_at);
	return last;
}
