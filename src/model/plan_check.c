/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "model/plan.h"

#include <errno.h>
#include <stdlib.h>

/* One way in which positions are handed out. */
struct span {
	uint32_t lo, hi;
	bool whole;    /* a bound unit in it is all of it */
	bool no_bound; /* none may be in it: thieves cut it anywhere */
};

static struct span *check_collect(const struct plan *plan, uint32_t *n)
{
	struct span *spans = mem_array((size_t)plan->n_parts + plan->n_deals +
					       plan->n_gated + plan->n_late,
				       sizeof(*spans));
	struct span *out = spans;
	uint32_t i;

	for (i = 0; i < plan->n_parts; i++)
		*out++ = (struct span){ .lo = plan->parts[i].lo,
					.hi = plan->parts[i].hi };
	for (i = 0; i < plan->n_deals; i++)
		*out++ = (struct span){ .lo = plan->deals[i].lo,
					.hi = plan->deals[i].hi,
					.no_bound = !plan->deals[i].bound };
	for (i = 0; i < plan->n_gated; i++)
		*out++ = (struct span){ .lo = plan->gated[i].lo,
					.hi = plan->gated[i].hi,
					.whole = true };
	for (i = 0; i < plan->n_late; i++)
		*out++ = (struct span){ .lo = plan->late[i].lo,
					.hi = plan->late[i].hi };
	*n = (uint32_t)(out - spans);
	return spans;
}

static int check_by_lo(const void *va, const void *vb)
{
	const struct span *a = va, *b = vb;

	return (a->lo > b->lo) - (a->lo < b->lo);
}

/* Sorted: one begins where the other ends. */
static int check_cover(const struct plan *plan, const struct span *spans,
		       uint32_t n, struct err *err)
{
	uint32_t next = 0, i;

	for (i = 0; i < n; i++) {
		if (spans[i].lo != next || spans[i].hi <= next)
			return err_set(err, -EINVAL,
				       "the plan hands position %u out twice "
				       "or never", min_of(next, spans[i].lo));
		next = spans[i].hi;
	}
	if (next != plan->n_positions)
		return err_set(err, -EINVAL,
			       "the plan hands %u of %u tests out", next,
			       plan->n_positions);
	return 0;
}

static bool check_is_inside(const struct bound *b, const struct span *s)
{
	if (b->lo < s->lo || b->hi > s->hi || s->no_bound)
		return false;
	return !s->whole || (b->lo == s->lo && b->hi == s->hi);
}

static int check_bounds(const struct plan *plan, const struct span *spans,
			uint32_t n, struct err *err)
{
	uint32_t next = 0, at = 0, i;

	for (i = 0; i < plan->n_bounds; i++) {
		const struct bound *b = &plan->bounds[i];

		while (at < n && spans[at].hi <= b->lo)
			at++;
		if (b->lo < next || b->hi <= b->lo || at == n ||
		    !check_is_inside(b, &spans[at]))
			return err_set(err, -EINVAL,
				       "the plan's unit %u is invalid", i);
		next = b->hi;
	}
	return 0;
}

static bool check_is_gate(const struct plan *plan, const struct gated *g)
{
	uint32_t i;

	if (g->n_uses > plan->n_uses ||
	    g->first_use > plan->n_uses - g->n_uses || g->weight == 0 ||
	    (g->after != PLAN_NONE && g->after >= plan->n_groups))
		return false;
	for (i = 0; i < g->n_uses; i++) {
		const struct lock_use *u = &plan->uses[g->first_use + i];

		if (u->lock >= plan->n_locks || u->units == 0 ||
		    u->units > plan->locks[u->lock].units ||
		    (i > 0 && u->lock <= u[-1].lock))
			return false;
	}
	return true;
}

static int check_gates(const struct plan *plan, struct err *err)
{
	uint32_t i;

	for (i = 0; i < plan->n_gated; i++)
		if (!check_is_gate(plan, &plan->gated[i]))
			return err_set(err, -EINVAL,
				       "the plan's constrained unit %u is "
				       "invalid", i);
	return 0;
}

static bool check_is_within(const struct segment *s, uint32_t len,
			    const struct listing *listing)
{
	if (s->test_ix >= listing->n_tests)
		return false;
	if (s->index == SEGMENT_TESTS)
		return len <= listing->n_tests - s->test_ix;
	return (uint64_t)s->index + len <= listing->tests[s->test_ix].count;
}

static int check_segments(const struct plan *plan,
			  const struct listing *listing, struct err *err)
{
	uint32_t i;

	for (i = 0; i < plan->n_segments; i++) {
		const struct segment *s = &plan->segments[i];
		uint32_t end = i + 1 < plan->n_segments ? s[1].position
							: plan->n_positions;

		if (end <= s->position ||
		    !check_is_within(s, end - s->position, listing))
			return err_set(err, -EINVAL,
				       "the plan's segment %u is invalid", i);
	}
	return 0;
}

int plan_check(const struct plan *plan, const struct listing *listing,
	       struct err *err)
{
	struct span *spans;
	uint32_t n;
	int ret;

	if (plan->overflow)
		return err_set(err, -EINVAL, "more than %u tests in one run",
			       PLAN_POSITIONS_MAX);
	if (plan->n_late > array_size(plan->late))
		return err_set(err, -EINVAL, "the plan has %u late ranges",
			       plan->n_late);
	spans = check_collect(plan, &n);
	if (n)
		qsort(spans, n, sizeof(*spans), check_by_lo);
	ret = check_cover(plan, spans, n, err);
	if (ret == 0)
		ret = check_bounds(plan, spans, n, err);
	if (ret == 0)
		ret = check_gates(plan, err);
	if (ret == 0)
		ret = check_segments(plan, listing, err);
	free(spans);
	return ret;
}
