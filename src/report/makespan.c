/* SPDX-License-Identifier: MIT */
#include "report/makespan.h"

#include "base/mem.h"

#include <stdlib.h>

/* A run that takes a twentieth longer than its work alone was not held up by
 * any one test. */
#define MAKESPAN_SLACK 20

void makespan_begin(struct makespan *m, const struct event_run *run,
		    uint64_t now_ns)
{
	const struct plan *plan = run->plan;

	m->started_ns = now_ns;
	if (plan->n_bounds == 0 && plan->n_gated == 0 && plan->n_late == 0)
		return;
	m->n_slots = run->jobs;
	m->slots = mem_array(m->n_slots, sizeof(*m->slots));
}

void makespan_fini(struct makespan *m)
{
	free(m->slots);
	m->slots = NULL;
}

void makespan_note(struct makespan *m, const struct makespan_unit *unit)
{
	if (unit->work_ns > m->longest.work_ns)
		m->longest = *unit;
	if (unit->end_ns > m->last.end_ns)
		m->last = *unit;
}

/* ---- units of several tests, and wide ones ------------------------------ */

/* The bound unit a position lies in, or the position alone. */
static struct makespan_unit makespan_find(const struct plan *plan,
					  uint32_t position)
{
	uint32_t lo = 0, hi = plan->n_bounds;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (plan->bounds[mid].hi <= position)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo < plan->n_bounds && plan->bounds[lo].lo <= position)
		return (struct makespan_unit){ .lo = plan->bounds[lo].lo,
					       .hi = plan->bounds[lo].hi };
	return (struct makespan_unit){ .lo = position, .hi = position + 1 };
}

/* How many slots a test counts as. */
static uint32_t makespan_width(const struct event_run *run, uint32_t test_ix)
{
	const struct attrs *attrs = run->listing->tests[test_ix].attrs;

	if (attrs->exclusive)
		return run->jobs;
	return (uint32_t)min_of(max_of(attrs->weight, 1),
				(int32_t)run->jobs);
}

void makespan_add_bound(struct makespan *m, const struct event_run *run,
			const struct event_test *test)
{
	struct makespan_unit *u;

	if (test->slot >= m->n_slots)
		return;
	u = &m->slots[test->slot];
	if (u->work_ns == 0 || test->position < u->lo ||
	    test->position >= u->hi) {
		*u = makespan_find(run->plan, test->position);
		u->start_ns = test->start_ns;
	}
	m->work_ns += test->duration_ns * makespan_width(run, test->test_ix);
	u->work_ns += test->duration_ns;
	u->end_ns = test->start_ns + test->duration_ns;
	makespan_note(m, u);
	/* A unit that is still growing is the last one, too. */
	if (m->last.lo == u->lo)
		m->last = *u;
}

/* ---- the verdict ---------------------------------------------------------- */

uint64_t makespan_ideal(const struct makespan *m, uint64_t n_workers)
{
	return max_of(m->work_ns / n_workers, m->longest.work_ns);
}

/* Did it end last, but for what is too short to count? */
static bool makespan_is_last(const struct makespan *m,
			     const struct makespan_unit *u)
{
	return m->ended_ns - u->end_ns <= u->work_ns / MAKESPAN_SLACK;
}

/* Is most of what the work does not explain in front of the end of the last
 * test? */
static bool makespan_is_early(const struct makespan *m, uint64_t share_ns,
			      uint64_t rest_ns)
{
	return m->ended_ns - m->started_ns > share_ns + rest_ns / 2;
}

/* Who held it up: the unit that ended last, when it alone is half of the time
 * that the work does not explain; or the longest one, when no order can be
 * shorter than that; else no test did. */
static void makespan_blame(const struct makespan *m, uint32_t n_workers,
			   uint64_t actual_ns, struct makespan_verdict *v)
{
	bool slack = v->rest_ns > actual_ns / MAKESPAN_SLACK;
	uint64_t share = m->work_ns / n_workers;

	v->limit = MAKESPAN_UNIT;
	if (slack && m->last.work_ns > v->rest_ns / 2 &&
	    makespan_is_last(m, &m->last) &&
	    makespan_is_early(m, share, v->rest_ns)) {
		v->unit = m->last;
	} else if (m->longest.work_ns > share) {
		v->unit = m->longest;
	} else {
		v->limit = slack ? MAKESPAN_REST : MAKESPAN_WORKERS;
	}
}

bool makespan_judge(const struct makespan *m, uint32_t n_workers,
		    uint64_t actual_ns, struct makespan_verdict *v)
{
	uint64_t share = m->work_ns / n_workers;

	if (m->longest.work_ns == 0 || actual_ns == 0)
		return false;
	*v = (struct makespan_verdict){
		.ideal_ns = makespan_ideal(m, n_workers),
		.rest_ns = actual_ns - min_of(actual_ns, share),
		.useful = (m->work_ns + m->longest.work_ns - 1) /
			  m->longest.work_ns,
	};
	v->percent = (uint32_t)min_of(
		(double)v->ideal_ns / (double)actual_ns * 100, 100.0);
	makespan_blame(m, n_workers, actual_ns, v);
	return true;
}
