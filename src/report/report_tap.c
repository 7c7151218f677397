/* SPDX-License-Identifier: MIT */
/*
 * report_tap.c - the Test Anything Protocol, while tests end.
 *
 * The plan is first, but of copies, of which there may be fewer (--stress),
 * last; and points are numbered as they are written, which every consumer
 * accepts.  Version 13 unless 14 is asked for: the difference is the first
 * line, at which older consumers give up.  Names are written with %23 and %5C
 * for # and \, which consumers cut at or keep raw.
 */
#include "report/report.h"

#include "base/clock.h"
#include "base/json.h"
#include "report/out.h"
#include "report/repeats.h"
#include "report/visible.h"
#include "report/words.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

struct tap {
	struct event_run run;
	struct out out;
	struct str name, text;
	struct repeats repeats;
	uint64_t n;	/* points written */
	uint64_t n_bad; /* of them "not ok" */
	bool bailed;	/* it says that the run did not end well */
	int version;
};

static int tap_open(struct tap *t, const struct report_setup *setup,
		    int version)
{
	t->out.fd = setup->out_fd;
	t->version = version;
	return 0;
}

static int tap_open_13(void *priv, const struct report_setup *setup,
		       struct err *err)
{
	(void)err;
	return tap_open(priv, setup, 13);
}

static int tap_open_14(void *priv, const struct report_setup *setup,
		       struct err *err)
{
	(void)err;
	return tap_open(priv, setup, 14);
}

/* Text of one line, safe in a description or behind a directive. */
static void tap_add(struct tap *t, const char *text)
{
	const char *p;

	str_clear(&t->text);
	visible_add(&t->text, text);
	for (p = str_get(&t->text); *p; p++) {
		if (*p == '#' || *p == '\\')
			str_addf(&t->out.text, "%%%02X", (unsigned)*p);
		else
			str_add_char(&t->out.text, *p);
	}
}

static void tap_add_directive(struct tap *t, const struct event_test *test)
{
	if (words_is_bad(test))
		return;
	if (test->outcome == OUTCOME_FLAKY) {
		str_addf(&t->out.text, " # flaky %u/%u", test->n_failed + 1u,
			 test->tries);
	} else if (test->outcome == OUTCOME_SKIP) {
		str_add(&t->out.text, " # SKIP ");
		if (test->n_notes > 0)
			tap_add(t, test->notes[0].text);
	} else if (test->outcome == OUTCOME_NOTRUN) {
		str_addf(&t->out.text, " # SKIP not run: %s",
			 notrun_name(test->notrun));
	}
}

static void tap_add_place(struct json *j, const struct note *place)
{
	str_add(j->out, "\n  at: ");
	json_open(j, '{');
	json_put_text(j, "file", place->file);
	json_put_uint(j, "line", place->line);
	json_close(j, '}');
}

/* Values as JSON, which is YAML. */
static void tap_add_block(struct tap *t, const struct event_test *test)
{
	struct json j = { .out = &t->out.text };
	const struct note *place = words_find_place(test);
	size_t i;

	str_clear(&t->text);
	words_add_message(&t->text, test);
	for (i = words_first_note(test) ? 1 : 0; i < test->n_notes; i++)
		str_addf(&t->text, "\n%s", test->notes[i].text);
	str_add(j.out, "  ---\n  message: ");
	json_text_len(&j, str_get(&t->text), t->text.len);
	str_addf(j.out, "\n  severity: %s", words_state(test));
	j.comma = false;
	if (place)
		tap_add_place(&j, place);
	str_addf(j.out, "\n  duration_ms: %.3f\n",
		 (double)test->duration_ns / (double)NS_PER_MS);
	if (test->output.head_len) {
		j.comma = false;
		str_add(j.out, "  output: ");
		json_text_len(&j, test->output.head, test->output.head_len);
		str_add(j.out, "\n");
	}
	str_add(j.out, "  ...\n");
}

static void tap_add_point(struct tap *t, const struct note *point)
{
	static const char *const directives[N_NOTE_KINDS] = {
		[NOTE_POINT_SKIPPED] = " # SKIP",
		[NOTE_POINT_TODO] = " # TODO",
		[NOTE_POINT_BONUS] = " # TODO",
	};
	bool bad = point->kind == NOTE_POINT_FAILED ||
		   point->kind == NOTE_POINT_TODO;
	const char *said = note_point_name(point);
	struct str name = STR_INIT;

	str_add_len(&name, said, strcspn(said, "\n"));
	str_addf(&t->out.text, "    %sok %" PRIu64 " - ", bad ? "not " : "",
		 note_point_number(point));
	tap_add(t, str_get(&name));
	if (directives[point->kind])
		str_add(&t->out.text, directives[point->kind]);
	str_add(&t->out.text, "\n");
	str_fini(&name);
}

/* A subtest, which older consumers do not know. */
static void tap_add_points(struct tap *t, const struct event_test *test)
{
	size_t i;

	if (t->version < 14 || test->n_points == 0)
		return;
	for (i = 0; i < test->n_points; i++)
		tap_add_point(t, &test->points[i]);
	str_addf(&t->out.text, "    1..%zu\n", test->n_points);
}

static int tap_test_finished(struct tap *t, const struct event *ev)
{
	const struct event_test *test = &ev->test;
	bool bad = words_is_bad(test);

	if (t->repeats.run)
		repeats_add(&t->repeats, test);
	tap_add_points(t, test);
	str_addf(&t->out.text, "%sok %" PRIu64 " - ", bad ? "not " : "",
		 ++t->n);
	t->n_bad += bad;
	if (t->run.listing->n_suites > 1) {
		tap_add(t, words_suite(&t->run, test));
		str_add(&t->out.text, " ");
	}
	str_clear(&t->name);
	words_add_name(&t->name, &t->run, test->position);
	tap_add(t, str_get(&t->name));
	tap_add_directive(t, test);
	str_add(&t->out.text, "\n");
	if (bad || test->leak)
		tap_add_block(t, test);
	return out_settle(&t->out, ev->now_ns);
}

/* No point: the test has one, at its end. */
static int tap_test_retried(struct tap *t, const struct event *ev)
{
	const struct event_test *test = &ev->test;
	struct str why = STR_INIT, text = STR_INIT;

	words_add_message(&why, test);
	words_add_name(&text, &t->run, test->position);
	str_addf(&text, ": attempt %u of %u: %.*s", test->n_failed + 1u,
		 test->tries, (int)strcspn(str_get(&why), "\n"),
		 str_get(&why));
	str_add(&t->out.text, "# ");
	visible_add(&t->out.text, str_get(&text));
	str_add(&t->out.text, "\n");
	str_fini(&text);
	str_fini(&why);
	return out_settle(&t->out, ev->now_ns);
}

static int tap_test_rechecked(struct tap *t, const struct event *ev)
{
	str_clear(&t->name);
	words_add_name(&t->name, &t->run, ev->test.position);
	str_add(&t->out.text, "# ");
	visible_add(&t->out.text, str_get(&t->name));
	str_addf(&t->out.text, ": %s\n", words_alone(&ev->test));
	return out_settle(&t->out, ev->now_ns);
}

/* The test keeps the point that it has. */
static int tap_test_rerun(struct tap *t, const struct event *ev)
{
	if (!outcome_is_failure(ev->test.outcome))
		return t->out.code;
	str_clear(&t->name);
	words_add_name(&t->name, &t->run, ev->test.position);
	str_add(&t->out.text, "# ");
	visible_add(&t->out.text, str_get(&t->name));
	str_addf(&t->out.text, ": %s\n", words_rerun(&ev->test));
	return out_settle(&t->out, ev->now_ns);
}

static int tap_run_started(struct tap *t, const struct event *ev)
{
	t->run = ev->run;
	repeats_begin(&t->repeats, &t->run);
	t->out.flushed_ns = ev->now_ns;
	str_addf(&t->out.text, "TAP version %d\n", t->version);
	if (!t->run.plan->copies)
		str_addf(&t->out.text, "1..%" PRIu32 "\n",
			 ev->run.plan->n_positions);
	return out_flush(&t->out, ev->now_ns);
}

static int tap_remark(struct tap *t, const struct event *ev)
{
	str_add(&t->out.text, "# ");
	visible_add(&t->out.text, ev->text);
	str_add(&t->out.text, "\n");
	return out_settle(&t->out, ev->now_ns);
}

static void tap_add_unstable(struct tap *t)
{
	struct unstable u = { 0 };

	while (repeats_next(&t->repeats, &u)) {
		str_clear(&t->name);
		test_print_name(&t->name, &t->run.listing->tests[u.test_ix],
				u.index);
		str_add(&t->out.text, "# unstable: ");
		visible_add(&t->out.text, str_get(&t->name));
		str_addf(&t->out.text, ": failed %" PRIu32 " times of %" PRIu32
			 "\n", u.n_failed, u.n_times);
	}
}

/* STATE-13: a run that did not end well is never all green. */
static void tap_bail(struct tap *t, const char *why)
{
	str_add(&t->out.text, "Bail out! ");
	visible_add(&t->out.text, why);
	str_add(&t->out.text, "\n");
	t->bailed = true;
}

static int tap_run_finished(struct tap *t, const struct event *ev)
{
	const struct event_finished *f = &ev->finished;

	if (t->run.plan->copies)
		str_addf(&t->out.text, "1..%" PRIu64 "\n", t->n);
	tap_add_unstable(t);
	if (f->signo || (f->exit_status != EXIT_PASSED &&
			 f->exit_status != EXIT_SKIPPED && t->n_bad == 0))
		tap_bail(t, f->why);
	return out_flush(&t->out, ev->now_ns);
}

static int tap_distrust(void *priv, const struct event *end)
{
	struct tap *t = priv;

	if (t->n_bad == 0 && !t->bailed)
		tap_bail(t, end->finished.why);
	return out_flush(&t->out, t->out.flushed_ns);
}

static int tap_event(void *priv, const struct event *ev)
{
	struct tap *t = priv;

	switch (ev->kind) {
	case EVENT_RUN_STARTED:
		return tap_run_started(t, ev);
	case EVENT_TEST_FINISHED:
		return tap_test_finished(t, ev);
	case EVENT_TEST_RETRIED:
		return tap_test_retried(t, ev);
	case EVENT_TEST_RECHECKED:
		return tap_test_rechecked(t, ev);
	case EVENT_TEST_RERUN:
		return tap_test_rerun(t, ev);
	case EVENT_WARNING:
	case EVENT_RUN_CANCELLED:
		return tap_remark(t, ev);
	case EVENT_PAUSED:
	case EVENT_PROGRESS:
		return out_flush(&t->out, ev->now_ns);
	case EVENT_RUN_FINISHED:
		return tap_run_finished(t, ev);
	case EVENT_TEST_SLOW:
	case EVENT_FIXTURE_ENDED:
	case EVENT_WORKER_LOST:
	case EVENT_ROSTER:
	case EVENT_OUTPUT_RELAYED:
	case N_EVENTS:
		break;
	}
	return t->out.code;
}

static int tap_close(void *priv)
{
	struct tap *t = priv;
	int ret = out_flush(&t->out, t->out.flushed_ns);

	out_fini(&t->out);
	repeats_fini(&t->repeats);
	str_fini(&t->name);
	str_fini(&t->text);
	return ret;
}

const struct report_ops report_tap = {
	.name = "tap",
	.help = "TAP version 13",
	.size = sizeof(struct tap),
	.place = REPORT_TO_STREAM,
	.open = tap_open_13,
	.event = tap_event,
	.distrust = tap_distrust,
	.close = tap_close,
};

const struct report_ops report_tap14 = {
	.name = "tap14",
	.help = "TAP version 14",
	.size = sizeof(struct tap),
	.place = REPORT_TO_STREAM,
	.open = tap_open_14,
	.event = tap_event,
	.distrust = tap_distrust,
	.close = tap_close,
};
