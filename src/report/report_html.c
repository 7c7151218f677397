/* SPDX-License-Identifier: MIT */
/*
 * report_html.c - one page with pictures, for a browser: what failed, what
 * each worker did and when, the long tail, the slowest tests.
 *
 * Self-contained, and small whatever the number of tests; see html_impl.h.
 * It is written when the run has ended.
 */
#include "report/report.h"

#include "base/clock.h"
#include "base/mem.h"
#include "report/html_impl.h"
#include "report/html_text.h"
#include "report/out.h"
#include "report/words.h"

#include <stdlib.h>

#define SLOWER_NS (100 * NS_PER_MS)

static int html_open(void *priv, const struct report_setup *setup,
		     struct err *err)
{
	struct html *h = priv;

	(void)err;
	h->out_fd = setup->out_fd;
	h->version = setup->version;
	if (setup->costs && costs_are_known(setup->costs))
		h->costs = setup->costs;
	return 0;
}

static void html_run_started(struct html *h, const struct event *ev)
{
	uint32_t n = ev->run.plan->n_positions;

	h->run = ev->run;
	h->t0_ns = ev->now_ns;
	h->started = true;
	html_bins_init(&h->bins, ev->run.jobs);
	html_top_init(&h->slowest,
		      n <= HTML_ALL_TESTS ? HTML_ALL_TESTS : HTML_SLOWEST);
	html_top_init(&h->last, HTML_LAST);
	html_top_init(&h->slower, HTML_SLOWER);
	html_top_init(&h->fixtures, HTML_FIXTURE_SPANS);
	h->failed = mem_array(HTML_FAILED_SPANS, sizeof(*h->failed));
	h->slots = mem_array(ev->run.jobs, sizeof(*h->slots));
	h->suites = mem_array(ev->run.listing->n_suites, sizeof(*h->suites));
	makespan_begin(&h->makespan, &h->run, ev->now_ns);
	repeats_begin(&h->repeats, &h->run);
}

/* EST-4: slower than its own scatter explains, and by enough to care. */
static void html_compare(struct html *h, const struct event_test *test,
			 const struct html_span *span)
{
	double took = (double)test->duration_ns;
	struct html_span slower = *span;
	const struct cost *usual;

	if (likely(test->duration_ns <= SLOWER_NS) ||
	    test->outcome != OUTCOME_PASS)
		return;
	usual = html_find_cost(h, test->test_ix, test->index);
	if (!usual || took <= (double)usual->est_ns * 2 ||
	    took <= (double)usual->est_ns + 4 * (double)usual->dev_ns)
		return;
	slower.key = (uint64_t)(took - (double)usual->est_ns);
	html_top_add(&h->slower, &slower);
}

/* It ran: where, when and how long. */
static void html_add_span(struct html *h, const struct event_test *test,
			  bool failed)
{
	struct html_slot *slot = &h->slots[test->slot];
	struct html_span span = {
		.key = test->duration_ns,
		.start_ns = min_of(test->start_ns - h->t0_ns, HTML_TIME_MAX),
		.duration_ns = min_of(test->duration_ns, HTML_TIME_MAX),
		.position = test->position,
		.slot = test->slot,
		.outcome = (uint8_t)test->outcome,
		.attempt = test->attempt,
	};

	h->n_begun++;
	h->n_begun_failed += failed;
	slot->n_tests++;
	slot->n_failed += failed;
	slot->busy_ns += test->duration_ns;
	slot->generations = max_of(slot->generations, test->generation + 1u);
	html_bins_add(&h->bins, test->slot, span.start_ns,
		      span.duration_ns, failed);
	html_top_add(&h->slowest, &span);
	html_compare(h, test, &span);
	if (failed && h->n_failed < HTML_FAILED_SPANS)
		h->failed[h->n_failed++] = span;
	span.key += span.start_ns;
	html_top_add(&h->last, &span);
	makespan_add(&h->makespan, &h->run, test);
}

static void html_test_finished(struct html *h, const struct event_test *test)
{
	uint32_t suite_ix = h->run.listing->tests[test->test_ix].suite_ix;
	struct html_suite *suite = &h->suites[suite_ix];
	struct html_class *class = &h->classes[html_class_of(test->duration_ns)];
	bool failed = words_is_bad(test);

	if (h->repeats.run)
		repeats_add(&h->repeats, test);
	suite->n_tests++;
	suite->n_failed += failed;
	suite->n_other += !failed && test->outcome != OUTCOME_PASS;
	if (test->start_ns) {
		suite->busy_ns += test->duration_ns;
		class->busy_ns += test->duration_ns;
		class->n_tests++;
	}
	if (test->start_ns >= h->t0_ns && test->slot < h->run.jobs)
		html_add_span(h, test, failed);
	if (failed)
		html_note_failure(h, test);
	else if (test->outcome != OUTCOME_PASS || test->leak)
		html_note_other(h, test);
}

/* A span of its worker; the test's own row is what it was. */
static void html_test_rerun(struct html *h, const struct event_test *test)
{
	if (test->start_ns >= h->t0_ns && test->slot < h->run.jobs)
		html_add_span(h, test, true);
}

static void html_test_retried(struct html *h, const struct event_test *test)
{
	html_test_rerun(h, test);
	html_note_retried(h, test);
}

static void html_fixture_ended(struct html *h, const struct event_fixture *f)
{
	struct html_span span = {
		.key = f->duration_ns,
		.start_ns = min_of(f->start_ns - min_of(f->start_ns, h->t0_ns),
				   HTML_TIME_MAX),
		.duration_ns = min_of(f->duration_ns, HTML_TIME_MAX),
		.position = f->test_ix,
		.slot = f->slot,
		.outcome = (uint8_t)f->kind,
		.attempt = f->teardown,
	};

	h->makespan.fixtures_ns += f->duration_ns;
	if (f->slot < h->run.jobs)
		html_top_add(&h->fixtures, &span);
}

static void html_warn(struct html *h, const char *text)
{
	h->warnings.n++;
	if (h->warnings.text.len >= HTML_WARNINGS_MAX)
		return;
	str_add(&h->warnings.text, "<li>");
	html_add_text(&h->warnings.text, text);
	str_add(&h->warnings.text, "</li>\n");
	h->warnings.n_listed++;
}

static int html_run_finished(struct html *h, const struct event_finished *f)
{
	struct event_finished sane = *f;
	struct str page = STR_INIT;
	int ret;

	if (!h->started)
		return 0;
	sane.elapsed_ns = min_of(f->elapsed_ns, HTML_TIME_MAX);
	html_make_page(&page, h, &sane);
	ret = out_write(h->out_fd, str_get(&page), page.len);
	str_fini(&page);
	return ret;
}

static int html_event(void *priv, const struct event *ev)
{
	struct html *h = priv;

	switch (ev->kind) {
	case EVENT_RUN_STARTED:
		html_run_started(h, ev);
		break;
	case EVENT_TEST_FINISHED:
		html_test_finished(h, &ev->test);
		break;
	case EVENT_TEST_RETRIED:
		html_test_retried(h, &ev->test);
		break;
	case EVENT_TEST_RECHECKED:
		html_note_rechecked(h, &ev->test);
		break;
	case EVENT_TEST_RERUN:
		html_test_rerun(h, &ev->test);
		break;
	case EVENT_FIXTURE_ENDED:
		html_fixture_ended(h, &ev->fixture);
		break;
	case EVENT_WARNING:
	case EVENT_RUN_CANCELLED:
		html_warn(h, ev->text);
		break;
	case EVENT_RUN_FINISHED:
		return html_run_finished(h, &ev->finished);
	case EVENT_TEST_SLOW:
	case EVENT_WORKER_LOST:
	case EVENT_PROGRESS:
	case EVENT_PAUSED:
	case EVENT_ROSTER:
	case EVENT_OUTPUT_RELAYED:
	case N_EVENTS:
		break;
	}
	return 0;
}

static int html_close(void *priv)
{
	struct html *h = priv;

	html_bins_fini(&h->bins);
	html_top_fini(&h->slowest);
	html_top_fini(&h->last);
	html_top_fini(&h->slower);
	html_top_fini(&h->fixtures);
	makespan_fini(&h->makespan);
	repeats_fini(&h->repeats);
	str_fini(&h->full.text);
	str_fini(&h->brief.text);
	str_fini(&h->retried.text);
	str_fini(&h->others.text);
	str_fini(&h->warnings.text);
	free(h->failed);
	free(h->slots);
	free(h->suites);
	return 0;
}

const struct report_ops report_html = {
	.name = "html",
	.help = "one page with pictures, for a browser",
	.size = sizeof(struct html),
	.place = REPORT_TO_STREAM,
	.open = html_open,
	.event = html_event,
	.close = html_close,
};
