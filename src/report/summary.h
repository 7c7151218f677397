/* SPDX-License-Identifier: MIT */
/*
 * summary.h - the end of a run: failures again, the slowest tests, how near
 * it came to the shortest possible, counts, why the exit status is what it
 * is, and the closing line.
 *
 * Fed with every finished test; its memory is bounded.  The very last line is
 * "N passed, N failed" or "N passed, N failed, N skipped", without colours.
 */
#ifndef REPORT_SUMMARY_H
#define REPORT_SUMMARY_H

#include "base/str.h"
#include "model/event.h"
#include "report/makespan.h"
#include "report/slowest.h"

#include <stdbool.h>

/* Failures named again at the end; the others are counted. */
#define SUMMARY_FAILED_MAX 50
/* Likewise those that passed only when they were run again. */
#define SUMMARY_FLAKY_MAX 20

struct summary_failed {
	uint32_t position;
	enum outcome outcome;
	int signo;
	bool leak;
	enum outcome alone; /* when it ran once more; OUTCOME_NONE = did not */
};

struct summary_flaky {
	uint32_t position;
	uint8_t n_failed, tries;
};

struct summary {
	struct summary_failed failed[SUMMARY_FAILED_MAX];
	uint64_t n_failed; /* all of them */
	struct summary_flaky flaky[SUMMARY_FLAKY_MAX];
	uint64_t n_flaky; /* likewise */
	struct slowest slowest;
	struct makespan makespan;
};

/* What is to be told: so many of the slowest tests. */
void summary_init(struct summary *s, uint32_t n_slowest);
void summary_fini(struct summary *s);

void summary_add_failed(struct summary *s, const struct event_test *test);
void summary_add_flaky(struct summary *s, const struct event_test *test);

void summary_recheck(struct summary *s, const struct event_test *test);

static inline void summary_add(struct summary *s, const struct event_run *run,
			       const struct event_test *test)
{
	slowest_add(&s->slowest, test->position, test->duration_ns);
	if (likely(test->start_ns))
		makespan_add(&s->makespan, run, test);
	if (unlikely(outcome_is_failure(test->outcome)))
		summary_add_failed(s, test);
	else if (unlikely(test->outcome == OUTCOME_FLAKY))
		summary_add_flaky(s, test);
}

/* The tests that are named above the closing lines. */
void summary_print_tests(struct str *out, bool color, struct summary *s,
			 const struct event_run *run);

/* How many, how long, and how often each state. */
void summary_print_counts(struct str *out,
			  const struct event_finished *finished);

/* The exit status in words, and the last line. */
void summary_print_verdict(struct str *out, bool color,
			   const struct event_finished *finished);

#endif
