/* SPDX-License-Identifier: MIT */
#include "report/pace.h"

/* Less of the work than that says nothing of how fast the rest goes. */
#define PACE_EVIDENCE 0.05

/* ---- all of the work --------------------------------------------------- */

struct pace_sum {
	const struct costs *costs;
	double total_ns, known_ns;
};

static void pace_sum_row(struct pace_sum *s, uint32_t test_ix, uint32_t index,
			 uint32_t n)
{
	const struct cost *row =
		&s->costs->rows[costs_row(s->costs, test_ix, index)];
	double ns = (double)row->est_ns * n;

	s->total_ns += ns;
	if (row->known)
		s->known_ns += ns;
}

/* Instances lo .. hi - 1, block by block. */
static void pace_sum_instances(struct pace_sum *s, uint32_t test_ix,
			       uint32_t lo, uint32_t hi)
{
	uint32_t block = costs_block(s->costs->listing->tests[test_ix].count);

	while (lo < hi) {
		uint32_t end = min_of((lo / block + 1) * block, hi);

		pace_sum_row(s, test_ix, lo, end - lo);
		lo = end;
	}
}

static void pace_sum_segment(struct pace_sum *s, const struct segment *at,
			     uint32_t count)
{
	uint32_t i;

	if (at->index != SEGMENT_TESTS) {
		pace_sum_instances(s, at->test_ix, at->index,
				   at->index + count);
		return;
	}
	for (i = 0; i < count; i++)
		pace_sum_row(s, at->test_ix + i, 0, 1);
}

void pace_begin(struct pace *p, const struct event_run *run,
		const struct costs *costs)
{
	const struct plan *plan = run->plan;
	struct pace_sum sum = { .costs = costs };
	uint32_t i;

	*p = (struct pace){ 0 };
	if (!costs || costs->n_rows == 0)
		return;
	for (i = 0; i < plan->n_segments; i++) {
		const struct segment *s = &plan->segments[i];
		uint32_t end = i + 1 < plan->n_segments ? s[1].position
							: plan->n_positions;

		pace_sum_segment(&sum, s, end - s->position);
	}
	if (sum.known_ns <= 0 || sum.known_ns * 2 < sum.total_ns)
		return;
	p->costs = costs;
	p->total_ns = sum.total_ns;
}

/* ---- what is left ------------------------------------------------------ */

/* As if each were as long as the others; of the last ones, which all run,
 * nothing can be said. */
static uint64_t pace_count(const struct event_progress *progress)
{
	uint64_t total = progress->tally.selected;
	uint64_t done = tally_done(&progress->tally);

	if (done == 0 || done >= total || total - done <= progress->n_running)
		return 0;
	return (uint64_t)((double)progress->elapsed_ns *
			  (double)(total - done) / (double)done);
}

/* Of those that run: what they have done of what is expected. */
static double pace_running_ns(const struct pace *p,
			      const struct event_run *run,
			      const struct event_progress *progress)
{
	double sum = 0;
	size_t i;

	for (i = 0; i < progress->n_running; i++) {
		const struct running *r = &progress->running[i];
		struct instance at = plan_at(run->plan, r->position);

		sum += min_of(pace_expected_ns(p->costs, at.test_ix, at.index),
			      (double)r->elapsed_ns);
	}
	return sum;
}

uint64_t pace_left_ns(const struct pace *p, const struct event_run *run,
		      const struct event_progress *progress)
{
	double done, left;

	if (!p->costs)
		return pace_count(progress);
	done = p->done_ns + pace_running_ns(p, run, progress);
	left = p->total_ns - done;
	if (left <= 0)
		return 0;
	if (done < p->total_ns * PACE_EVIDENCE)
		return (uint64_t)(left / max_of(run->jobs, 1u));
	return (uint64_t)((double)progress->elapsed_ns * left / done);
}
