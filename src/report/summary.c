/* SPDX-License-Identifier: MIT */
#include "report/summary.h"

#include "base/clock.h"
#include "base/signame.h"
#include "report/duration.h"
#include "report/status.h"
#include "report/visible.h"
#include "report/words.h"

#include <inttypes.h>

void summary_init(struct summary *s, uint32_t n_slowest)
{
	slowest_init(&s->slowest, n_slowest);
}

void summary_fini(struct summary *s)
{
	slowest_fini(&s->slowest);
	makespan_fini(&s->makespan);
}

void summary_add_failed(struct summary *s, const struct event_test *test)
{
	if (s->n_failed < SUMMARY_FAILED_MAX)
		s->failed[s->n_failed] = (struct summary_failed){
			.position = test->position,
			.outcome = test->outcome,
			.signo = test->signo,
			.leak = test->leak,
		};
	s->n_failed++;
}

void summary_add_flaky(struct summary *s, const struct event_test *test)
{
	if (s->n_flaky < SUMMARY_FLAKY_MAX)
		s->flaky[s->n_flaky] = (struct summary_flaky){
			.position = test->position,
			.n_failed = test->n_failed,
			.tries = test->tries,
		};
	s->n_flaky++;
}

void summary_recheck(struct summary *s, const struct event_test *test)
{
	uint64_t n = min_of(s->n_failed, (uint64_t)SUMMARY_FAILED_MAX), i;

	for (i = 0; i < n; i++)
		if (s->failed[i].position == test->position)
			s->failed[i].alone = test->outcome;
}

static const char *summary_alone(enum outcome alone)
{
	if (alone == OUTCOME_NONE)
		return "";
	return outcome_is_failure(alone) ? ", alone as well"
	     : alone == OUTCOME_PASS	 ? ", but not alone"
					 : ", and alone is not run";
}

static void summary_add_name(struct str *out, bool color,
			     const struct event_run *run, uint32_t position,
			     const char *remark)
{
	struct str name = STR_INIT;

	words_add_name(&name, run, position);
	style_begin(out, color, STYLE_NAME);
	visible_add(out, str_get(&name));
	style_end(out, color);
	str_addf(out, "%s\n", remark);
	str_fini(&name);
}

static void summary_print_failed(struct str *out, bool color,
				 const struct summary *s,
				 const struct event_run *run)
{
	uint64_t shown = min_of(s->n_failed, (uint64_t)SUMMARY_FAILED_MAX);
	uint64_t i;

	if (shown == 0)
		return;
	str_add(out, "failed:\n");
	for (i = 0; i < shown; i++) {
		const struct summary_failed *f = &s->failed[i];

		status_add(out, color, f->outcome, f->signo, f->leak);
		str_add(out, " ");
		summary_add_name(out, color, run, f->position,
				 summary_alone(f->alone));
	}
	if (s->n_failed > shown)
		str_addf(out, "             ... and %" PRIu64 " more\n",
			 s->n_failed - shown);
}

static void summary_print_flaky(struct str *out, bool color,
				const struct summary *s,
				const struct event_run *run)
{
	uint64_t shown = min_of(s->n_flaky, (uint64_t)SUMMARY_FLAKY_MAX);
	struct str word = STR_INIT;
	uint64_t i;

	if (shown == 0)
		return;
	str_add(out, "flaky:\n");
	for (i = 0; i < shown; i++) {
		str_clear(&word);
		str_addf(&word, "%u/%u", s->flaky[i].n_failed + 1u,
			 s->flaky[i].tries);
		status_add_word(out, color, STYLE_NOTE, str_get(&word));
		str_add(out, " ");
		summary_add_name(out, color, run, s->flaky[i].position, "");
	}
	if (s->n_flaky > shown)
		str_addf(out, "             ... and %" PRIu64 " more\n",
			 s->n_flaky - shown);
	str_fini(&word);
}

static void summary_print_slowest(struct str *out, bool color,
				  struct slowest *s,
				  const struct event_run *run)
{
	uint32_t i;

	slowest_sort(s);
	if (s->n == 0)
		return;
	str_add(out, "slowest:\n");
	for (i = 0; i < s->n; i++) {
		str_add(out, "   ");
		duration_add_exact(out, s->tests[i].duration_ns);
		str_add(out, " ");
		summary_add_name(out, color, run, s->tests[i].position, "");
	}
}

void summary_print_tests(struct str *out, bool color, struct summary *s,
			 const struct event_run *run)
{
	summary_print_failed(out, color, s, run);
	summary_print_flaky(out, color, s, run);
	summary_print_slowest(out, color, &s->slowest, run);
}

/* "12 pass" with a comma in front unless it is the first; nothing for 0. */
static void summary_add_count(struct str *out, uint64_t n, const char *what)
{
	if (n == 0)
		return;
	if (out->len > 0)
		str_add(out, ", ");
	str_addf(out, "%" PRIu64 " %s", n, what);
}

static void summary_print_states(struct str *out, const struct tally *t)
{
	struct str counts = STR_INIT;
	int i;

	for (i = OUTCOME_PASS; i < N_OUTCOMES; i++)
		summary_add_count(&counts, t->count[i],
				  outcome_name((enum outcome)i));
	summary_add_count(&counts, t->retries,
			  t->retries == 1 ? "retry" : "retries");
	summary_add_count(&counts, t->leaks, t->leaks == 1 ? "leak" : "leaks");
	summary_add_count(&counts, t->lost_workers,
			  t->lost_workers == 1 ? "worker lost"
					       : "workers lost");
	summary_add_count(&counts, t->bad_suites,
			  t->bad_suites == 1 ? "suite not loaded"
					     : "suites not loaded");
	summary_add_count(&counts, t->suite_errors,
			  t->suite_errors == 1 ? "teardown error"
					       : "teardown errors");
	if (counts.len > 0)
		str_addf(out, "%s\n", str_get(&counts));
	str_fini(&counts);
}

static void summary_print_time(struct str *out,
			       const struct event_finished *finished)
{
	const struct tally *t = &finished->tally;
	uint64_t tests = tally_done(t) - t->count[OUTCOME_NOTRUN];
	uint64_t ms = finished->elapsed_ns / NS_PER_MS;

	str_addf(out, "%" PRIu64 " test%s in %" PRIu64 ".%03us", tests,
		 tests == 1 ? "" : "s", ms / 1000, (unsigned)(ms % 1000));
	/* A rate says nothing about a handful of tests. */
	if (ms > 0 && tests >= 1000)
		str_addf(out, ", %" PRIu64 " a second", tests * 1000 / ms);
	str_add(out, "\n");
}

static void summary_print_notrun(struct str *out, const struct tally *t)
{
	int i;

	for (i = NOTRUN_NONE; i < N_NOTRUNS; i++)
		if (t->notrun[i])
			str_addf(out, "not run: %" PRIu64 " (%s)\n",
				 t->notrun[i], notrun_name((enum notrun)i));
}

static void summary_print_exit(struct str *out, bool color,
			       const struct event_finished *finished)
{
	enum style style = finished->exit_status == EXIT_PASSED &&
					   !finished->signo
				   ? STYLE_GOOD
				   : STYLE_BAD;

	style_begin(out, color, style);
	if (finished->signo) {
		str_add(out, "exit by ");
		signame_add(out, finished->signo);
	} else {
		str_addf(out, "exit %d", finished->exit_status);
	}
	str_add(out, ": ");
	visible_add(out, finished->why);
	style_end(out, color);
	str_add(out, "\n");
}

void summary_print_counts(struct str *out,
			  const struct event_finished *finished)
{
	summary_print_time(out, finished);
	summary_print_states(out, &finished->tally);
}

void summary_print_verdict(struct str *out, bool color,
			   const struct event_finished *finished)
{
	const struct tally *t = &finished->tally;
	uint64_t skipped = tally_skipped(t);

	summary_print_exit(out, color, finished);
	summary_print_notrun(out, t);
	str_addf(out, "%" PRIu64 " passed, %" PRIu64 " failed",
		 tally_passed(t), tally_failed(t));
	if (skipped)
		str_addf(out, ", %" PRIu64 " skipped", skipped);
	str_add(out, "\n");
}
