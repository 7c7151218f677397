/* SPDX-License-Identifier: MIT */
/*
 * makespan.h - how near a run came to the shortest that its tests allow
 * (LONG-4, BOUND-3, JOBS-5): arithmetic on finished tests.
 *
 * No run can be shorter than all work divided by its workers, nor than its
 * longest unit: the larger of the two is the ideal.  Fed with every test;
 * a few comparisons each, and memory for each slot only where a plan has
 * units of several tests.  The owner is the summary; footer.h prints it.
 */
#ifndef REPORT_MAKESPAN_H
#define REPORT_MAKESPAN_H

#include "base/clock.h"
#include "model/event.h"

#include <stdbool.h>
#include <stdint.h>

/* What one slot runs without interruption: a test, or a chain or scope whose
 * tests are bound to each other. */
struct makespan_unit {
	uint32_t lo, hi; /* positions */
	uint64_t work_ns;
	uint64_t start_ns, end_ns; /* monotonic */
};

/* Zero-initialised = nothing seen, plain tests only. */
struct makespan {
	struct makespan_unit *slots; /* what each is at, or was */
	uint32_t n_slots;	     /* 0 = plain tests only */
	uint64_t started_ns;
	uint64_t work_ns; /* of all tests, each as wide as its weight */
	uint64_t ended_ns; /* the last test */
	uint64_t fixtures_ns; /* of shared ones; no test's time (DEC-7) */
	struct makespan_unit longest;
	struct makespan_unit last; /* to end, of those that count */
};

/* Shorter ones hold up no run that is worth a word. */
#define MAKESPAN_COUNTS_NS NS_PER_MS

/* What to say of it. */
enum makespan_limit {
	MAKESPAN_WORKERS, /* all of them were at work nearly all the time */
	MAKESPAN_UNIT,	  /* one unit */
	MAKESPAN_REST,	  /* starting, fixtures, waiting */
};

struct makespan_verdict {
	uint64_t ideal_ns;
	uint64_t rest_ns; /* beyond what the work alone takes */
	uint32_t percent; /* ideal of actual, at most 100 */
	enum makespan_limit limit;
	struct makespan_unit unit; /* of MAKESPAN_UNIT */
	uint64_t useful; /* more workers than that cannot help; JOBS-5 */
};

void makespan_begin(struct makespan *m, const struct event_run *run,
		    uint64_t now_ns);
void makespan_fini(struct makespan *m);

void makespan_add_bound(struct makespan *m, const struct event_run *run,
			const struct event_test *test);
void makespan_note(struct makespan *m, const struct makespan_unit *unit);

/* A test ended that had begun. */
static inline void makespan_add(struct makespan *m,
				const struct event_run *run,
				const struct event_test *test)
{
	uint64_t end_ns = test->start_ns + test->duration_ns;

	m->ended_ns = max_of(m->ended_ns, end_ns);
	if (unlikely(m->n_slots)) {
		makespan_add_bound(m, run, test);
		return;
	}
	m->work_ns += test->duration_ns;
	if (unlikely(test->duration_ns > m->longest.work_ns ||
		     test->duration_ns >= MAKESPAN_COUNTS_NS))
		makespan_note(m, &(struct makespan_unit){
					 .lo = test->position,
					 .hi = test->position + 1,
					 .work_ns = test->duration_ns,
					 .start_ns = test->start_ns,
					 .end_ns = end_ns,
				 });
}

/* The least time that so many workers need. */
uint64_t makespan_ideal(const struct makespan *m, uint64_t n_workers);

/* After the last test; n_workers > 0.  False when nothing has run. */
bool makespan_judge(const struct makespan *m, uint32_t n_workers,
		    uint64_t actual_ns, struct makespan_verdict *v);

#endif
