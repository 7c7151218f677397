/* SPDX-License-Identifier: MIT */
/*
 * report_trace.c - what ran where and when, as a Chrome trace (chrome://tracing,
 * Perfetto, speedscope): a track per slot, an event per test.
 *
 * Viewers fail at a gigabyte.  Beyond two million tests, of those that pass
 * one of so many is drawn, and the trace says so.
 */
#include "report/report.h"

#include "base/clock.h"
#include "base/json.h"
#include "report/out.h"
#include "report/words.h"

#include <inttypes.h>
#include <stdlib.h>

#define TRACE_TESTS 2000000u

struct trace {
	struct event_run run;
	struct out out;
	struct str name;
	uint64_t t0_ns;
	uint64_t n_passed;
	uint32_t every; /* of those that passed */
	bool comma;
};

static int trace_open(void *priv, const struct report_setup *setup,
		      struct err *err)
{
	struct trace *t = priv;

	(void)err;
	t->out.fd = setup->out_fd;
	return 0;
}

static void trace_separate(struct trace *t)
{
	str_add(&t->out.text, t->comma ? ",\n" : "\n");
	t->comma = true;
}

static int trace_run_started(struct trace *t, const struct event *ev)
{
	uint32_t i;

	t->run = ev->run;
	t->t0_ns = t->out.flushed_ns = ev->now_ns;
	t->every = ev->run.plan->n_positions / TRACE_TESTS + 1;
	str_addf(&t->out.text, "{\"displayTimeUnit\":\"ns\",\"otherData\":"
		 "{\"passed_drawn_one_of\":%" PRIu32 "},\"traceEvents\":[",
		 t->every);
	for (i = 0; i < ev->run.jobs; i++) {
		trace_separate(t);
		str_addf(&t->out.text,
			 "{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":1,"
			 "\"tid\":%" PRIu32 ",\"args\":{\"name\":\"w%" PRIu32
			 "\"}}", i, i);
	}
	return out_flush(&t->out, ev->now_ns);
}

/* Microseconds, exact. */
static void trace_add_us(struct str *out, const char *key, uint64_t ns)
{
	str_addf(out, ",\"%s\":%" PRIu64 ".%03" PRIu64, key, ns / NS_PER_US,
		 ns % NS_PER_US);
}

/* A nanosecond is given away: ts + dur, added and rounded as a viewer does it,
 * must not come out behind the ts of the next, or that is drawn as a part of
 * this one. */
static uint64_t trace_length(const struct event_test *test)
{
	return test->duration_ns - (test->duration_ns > 0);
}

static bool trace_draws(struct trace *t, const struct event_test *test)
{
	if (test->start_ns < t->t0_ns)
		return false;
	return test->outcome != OUTCOME_PASS ||
	       t->n_passed++ % t->every == 0;
}

static int trace_test_finished(struct trace *t, const struct event *ev)
{
	const struct event_test *test = &ev->test;
	struct str *out = &t->out.text;
	struct json j = { .out = out };

	if (!trace_draws(t, test))
		return t->out.code;
	str_clear(&t->name);
	plan_print_name(&t->name, t->run.plan, t->run.listing, test->position);
	trace_separate(t);
	str_addf(out, "{\"ph\":\"X\",\"pid\":1,\"tid\":%u", test->slot);
	trace_add_us(out, "ts", test->start_ns - t->t0_ns);
	trace_add_us(out, "dur", trace_length(test));
	str_addf(out, ",\"cat\":\"%s\",%s\"name\":", words_state(test),
		 words_is_bad(test) ? "\"cname\":\"terrible\"," : "");
	json_text_len(&j, str_get(&t->name), t->name.len);
	str_addf(out, ",\"args\":{\"generation\":%u}}", test->generation);
	return out_settle(&t->out, ev->now_ns);
}

static int trace_event(void *priv, const struct event *ev)
{
	struct trace *t = priv;

	switch (ev->kind) {
	case EVENT_RUN_STARTED:
		return trace_run_started(t, ev);
	case EVENT_TEST_FINISHED:
	case EVENT_TEST_RETRIED: /* slices of their own */
	case EVENT_TEST_RECHECKED:
	case EVENT_TEST_RERUN:
		return trace_test_finished(t, ev);
	case EVENT_TEST_SLOW:
	case EVENT_FIXTURE_ENDED:
	case EVENT_WORKER_LOST:
	case EVENT_PROGRESS:
	case EVENT_WARNING:
	case EVENT_PAUSED:
	case EVENT_RUN_CANCELLED:
	case EVENT_RUN_FINISHED:
	case EVENT_ROSTER:
	case EVENT_OUTPUT_RELAYED:
	case N_EVENTS:
		break;
	}
	return t->out.code;
}

static int trace_close(void *priv)
{
	struct trace *t = priv;
	int ret;

	if (t->run.plan)
		str_add(&t->out.text, "\n]}\n");
	ret = out_flush(&t->out, t->out.flushed_ns);
	out_fini(&t->out);
	str_fini(&t->name);
	return ret;
}

const struct report_ops report_trace = {
	.name = "trace",
	.help = "what ran where and when, as a Chrome trace",
	.size = sizeof(struct trace),
	.place = REPORT_TO_STREAM,
	.open = trace_open,
	.event = trace_event,
	.close = trace_close,
};
