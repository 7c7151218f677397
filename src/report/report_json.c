/* SPDX-License-Identifier: MIT */
/*
 * report_json.c - the events as JSON lines, shmrun-events(5), while they
 * happen.
 *
 * Each line is an object whose "event" says what it is; "format" of the first
 * is the version, which grows when a key changes its meaning or goes.  Keys
 * may come.
 */
#include "report/report.h"

#include "base/json.h"
#include "base/signame.h"
#include "report/out.h"
#include "report/repeats.h"
#include "report/words.h"

#include <string.h>

#define JSON_FORMAT 1

struct lines {
	struct event_run run;
	struct out out;
	struct json json;
	struct str name;
	struct repeats repeats;
	uint64_t t0_ns;
};

static int lines_open(void *priv, const struct report_setup *setup,
		      struct err *err)
{
	struct lines *l = priv;

	(void)err;
	l->out.fd = setup->out_fd;
	l->json.out = &l->out.text;
	return 0;
}

static struct json *lines_begin(struct lines *l, const struct event *ev,
				const char *kind)
{
	struct json *j = &l->json;

	j->comma = false;
	json_open(j, '{');
	json_put_text(j, "event", kind);
	json_put_uint(j, "time_ns", ev->now_ns - l->t0_ns);
	return j;
}

static int lines_end(struct lines *l, const struct event *ev)
{
	json_close(&l->json, '}');
	str_add_char(&l->out.text, '\n');
	return out_settle(&l->out, ev->now_ns);
}

static void lines_add_test(struct lines *l, uint32_t test_ix, uint32_t index)
{
	str_clear(&l->name);
	test_print_name(&l->name, &l->run.listing->tests[test_ix], index);
	json_put_text_len(&l->json, "test", str_get(&l->name), l->name.len);
}

static void lines_add_name(struct lines *l, uint32_t position)
{
	struct instance at = plan_at(l->run.plan, position);

	lines_add_test(l, at.test_ix, at.index);
	if (l->repeats.run)
		json_put_uint(&l->json, "iteration",
			      plan_turn(l->run.plan, position) + 1);
}

static void lines_add_shard(struct json *j, const struct partition *p)
{
	struct str text = STR_INIT;

	str_addf(&text, "%u/%u", p->number, p->total);
	json_put_text(j, "shard", str_get(&text));
	str_clear(&text);
	partition_print_id(&text, p);
	json_put_text(j, "plan", str_get(&text));
	str_fini(&text);
}

static int lines_run_started(struct lines *l, const struct event *ev)
{
	struct json *j;
	uint32_t i;

	l->run = ev->run;
	l->t0_ns = l->out.flushed_ns = ev->now_ns;
	repeats_begin(&l->repeats, &l->run);
	j = lines_begin(l, ev, "run-started");
	json_put_uint(j, "format", JSON_FORMAT);
	json_put_text(j, "run", ev->run.run_id);
	json_put_text(j, "host", ev->run.host);
	json_put_uint(j, "wall_ns", ev->run.wall_ns);
	json_put_text(j, "backend", ev->run.backend);
	json_put_text(j, "isolate", isolate_name(ev->run.isolate));
	json_put_uint(j, "jobs", ev->run.jobs);
	json_put_text(j, "jobs_why", ev->run.jobs_why);
	json_put_uint(j, "tests", ev->run.plan->n_positions);
	if (l->repeats.run)
		json_put_uint(j, "iterations", ev->run.plan->n_times);
	if (ev->run.partition)
		lines_add_shard(j, ev->run.partition);
	if (l->repeats.stress.copies)
		json_put_uint(j, "copies", l->repeats.stress.copies);
	json_key(j, "suites");
	json_open(j, '[');
	for (i = 0; i < ev->run.listing->n_suites; i++)
		json_text(j, ev->run.listing->suites[i].path);
	json_close(j, ']');
	return lines_end(l, ev);
}

static const char *lines_kind(enum note_kind kind)
{
	static const char *const kinds[N_NOTE_KINDS] = {
		[NOTE_FAILURE] = "failure",
		[NOTE_SKIP] = "skip",
		[NOTE_ERROR] = "error",
		[NOTE_RUNNER] = "runner",
		[NOTE_TRACE] = "backtrace",
		[NOTE_POINT_OK] = "ok",
		[NOTE_POINT_FAILED] = "not-ok",
		[NOTE_POINT_SKIPPED] = "skip",
		[NOTE_POINT_TODO] = "todo",
		[NOTE_POINT_BONUS] = "todo-passed",
	};

	return kinds[kind];
}

static void lines_add_note(struct json *j, const struct note *note)
{
	json_open(j, '{');
	json_put_text(j, "kind", lines_kind(note->kind));
	if (*note->file) {
		json_put_text(j, "file", note->file);
		json_put_uint(j, "line", note->line);
	}
	json_put_text(j, "text", note->text);
	json_close(j, '}');
}

static void lines_add_point(struct json *j, const struct note *note)
{
	const char *name = note_point_name(note);
	size_t len = strcspn(name, "\n");

	json_open(j, '{');
	json_put_uint(j, "number", note_point_number(note));
	json_put_text(j, "kind", lines_kind(note->kind));
	json_put_text_len(j, "name", name, len);
	if (*note->file) {
		json_put_text(j, "file", note->file);
		json_put_uint(j, "line", note->line);
	}
	if (name[len])
		json_put_text(j, "text", name + len + 1);
	json_close(j, '}');
}

static void lines_add_points(struct json *j, const struct event_test *t)
{
	size_t i;

	json_key(j, "points");
	json_open(j, '[');
	for (i = 0; i < t->n_points; i++)
		lines_add_point(j, &t->points[i]);
	json_close(j, ']');
}

static void lines_add_output(struct json *j, const struct output *out)
{
	json_key(j, "output");
	json_open(j, '{');
	json_put_uint(j, "bytes", out->total);
	json_put_text_len(j, "head", out->head, out->head_len);
	if (out->tail_len) {
		json_put_text_len(j, "tail", out->tail, out->tail_len);
	}
	json_close(j, '}');
}

static void lines_add_usage(struct json *j, const struct usage *u)
{
	json_key(j, "usage");
	json_open(j, '{');
	json_put_uint(j, "user_ns", u->user_ns);
	json_put_uint(j, "system_ns", u->system_ns);
	if (u->peak_kib)
		json_put_uint(j, "peak_kib", u->peak_kib);
	json_put_uint(j, "minor_faults", u->minor_faults);
	json_put_uint(j, "major_faults", u->major_faults);
	json_put_uint(j, "switches", u->switches);
	json_put_uint(j, "preemptions", u->preemptions);
	json_close(j, '}');
}

static void lines_add_fault(struct json *j, const struct event_test *t)
{
	const char *name = signame_code(t->signo, t->fault->code);

	json_key(j, "fault");
	json_open(j, '{');
	json_put_int(j, "code", t->fault->code);
	if (name)
		json_put_text(j, "name", name);
	if (signame_has_address(t->signo, t->fault->code))
		json_put_uint(j, "address", t->fault->address);
	json_close(j, '}');
}

/* What most tests do not have. */
static void lines_add_details(struct json *j, const struct event_test *t)
{
	size_t i;

	if (t->outcome == OUTCOME_NOTRUN)
		json_put_text(j, "reason", notrun_name(t->notrun));
	if (t->tries) {
		json_put_uint(j, "failed_attempts", t->n_failed);
		json_put_uint(j, "tries", t->tries);
	}
	if (t->leak) {
		json_put_bool(j, "leak", true);
	}
	if (t->signo)
		json_put_uint(j, "signal", (uint64_t)t->signo);
	if (t->fault)
		lines_add_fault(j, t);
	if (t->exit_status >= 0)
		json_put_uint(j, "exit_status", (uint64_t)t->exit_status);
	if (t->usage)
		lines_add_usage(j, t->usage);
	if (t->n_failures)
		json_put_uint(j, "failures", t->n_failures);
	if (t->n_notes) {
		json_key(j, "notes");
		json_open(j, '[');
		for (i = 0; i < t->n_notes; i++)
			lines_add_note(j, &t->notes[i]);
		json_close(j, ']');
	}
	if (t->n_points)
		lines_add_points(j, t);
	if (t->output.total)
		lines_add_output(j, &t->output);
}

static int lines_test(struct lines *l, const struct event *ev,
		      const char *kind)
{
	const struct event_test *t = &ev->test;
	struct json *j = lines_begin(l, ev, kind);
	int slot = words_slot(&l->run, t->position);

	json_put_text(j, "suite", words_suite(&l->run, t));
	lines_add_name(l, t->position);
	json_put_text(j, "outcome", outcome_name(t->outcome));
	if (t->start_ns) {
		json_put_uint(j, "slot", t->slot);
		json_put_uint(j, "generation", t->generation);
		json_put_uint(j, "attempt", t->attempt + 1u);
		json_put_int(j, "start_ns", (int64_t)(t->start_ns - l->t0_ns));
		json_put_uint(j, "duration_ns", t->duration_ns);
	} else if (slot >= 0) {
		json_put_uint(j, "slot", (uint64_t)slot);
	}
	lines_add_details(j, t);
	return lines_end(l, ev);
}

static int lines_test_slow(struct lines *l, const struct event *ev)
{
	struct json *j = lines_begin(l, ev, "test-slow");

	lines_add_name(l, ev->slow.position);
	json_put_uint(j, "slot", ev->slow.slot);
	json_put_uint(j, "elapsed_ns", ev->slow.elapsed_ns);
	if (ev->slow.has_cpu)
		json_put_uint(j, "cpu_ns", ev->slow.cpu_ns);
	return lines_end(l, ev);
}

static int lines_fixture_ended(struct lines *l, const struct event *ev)
{
	static const char *const scopes[N_FIXTURE_KINDS] = {
		[FIXTURE_KIND_SCOPE] = "scope",
		[FIXTURE_KIND_WORKER] = "worker",
		[FIXTURE_KIND_RUN] = "run",
	};
	const struct event_fixture *f = &ev->fixture;
	const struct test *test = &l->run.listing->tests[f->test_ix];
	struct json *j = lines_begin(l, ev, "fixture-ended");

	json_put_text(j, "suite", l->run.listing->suites[test->suite_ix].path);
	json_put_text(j, "test", test->name);
	json_put_text(j, "scope", scopes[f->kind]);
	json_put_bool(j, "teardown", f->teardown);
	json_put_uint(j, "slot", f->slot);
	json_put_uint(j, "generation", f->generation);
	json_put_int(j, "start_ns", (int64_t)(f->start_ns - l->t0_ns));
	json_put_uint(j, "duration_ns", f->duration_ns);
	return lines_end(l, ev);
}

static int lines_worker_lost(struct lines *l, const struct event *ev)
{
	struct json *j = lines_begin(l, ev, "worker-lost");

	json_put_uint(j, "slot", ev->worker.slot);
	json_put_uint(j, "generation", ev->worker.generation);
	json_put_text(j, "why", ev->worker.why);
	return lines_end(l, ev);
}

static int lines_text(struct lines *l, const struct event *ev,
		      const char *kind)
{
	json_put_text(lines_begin(l, ev, kind), "text", ev->text);
	return lines_end(l, ev);
}

static int lines_paused(struct lines *l, const struct event *ev)
{
	if (ev->paused_ns == 0)
		return out_flush(&l->out, ev->now_ns);
	json_put_uint(lines_begin(l, ev, "run-paused"), "paused_ns",
		      ev->paused_ns);
	return lines_end(l, ev);
}

static void lines_add_tally(struct json *j, const struct tally *t)
{
	int i;

	json_put_uint(j, "selected", t->selected);
	for (i = OUTCOME_PASS; i < N_OUTCOMES; i++)
		json_put_uint(j, outcome_name((enum outcome)i), t->count[i]);
	if (t->retries)
		json_put_uint(j, "retries", t->retries);
	json_put_uint(j, "leaks", t->leaks);
	json_put_uint(j, "lost_workers", t->lost_workers);
	json_put_uint(j, "bad_suites", t->bad_suites);
}

/* In front of the last line. */
static void lines_add_unstable(struct lines *l, const struct event *ev)
{
	struct unstable u = { 0 };

	while (repeats_next(&l->repeats, &u)) {
		struct json *j = lines_begin(l, ev, "test-unstable");
		const struct test *t = &l->run.listing->tests[u.test_ix];

		json_put_text(j, "suite",
			      l->run.listing->suites[t->suite_ix].path);
		lines_add_test(l, u.test_ix, u.index);
		json_put_uint(j, "failed", u.n_failed);
		json_put_uint(j, "times", u.n_times);
		lines_end(l, ev);
	}
}

/* Likewise. */
static void lines_add_stress(struct lines *l, const struct event *ev)
{
	const struct stress *s = &l->repeats.stress;
	uint32_t least = repeats_least(&l->repeats);
	struct json *j;

	if (!s->copies)
		return;
	repeats_end(&l->repeats);
	j = lines_begin(l, ev, "stress-ended");
	json_put_uint(j, "volleys", s->n_volleys);
	json_put_uint(j, "copies", s->n_copies);
	json_put_uint(j, "failed", s->n_failed);
	if (least)
		json_put_uint(j, "fails_less_ppb",
			      (uint64_t)(1e9 * repeats_bound(least)) + 1);
	if (s->n_apart) {
		json_put_uint(j, "apart_median_ns", stress_apart_ns(s, 50));
		json_put_uint(j, "apart_95_ns", stress_apart_ns(s, 95));
	}
	lines_end(l, ev);
}

static int lines_run_finished(struct lines *l, const struct event *ev)
{
	const struct event_finished *f = &ev->finished;
	struct json *j;

	lines_add_unstable(l, ev);
	lines_add_stress(l, ev);
	j = lines_begin(l, ev, "run-finished");

	json_put_uint(j, "elapsed_ns", f->elapsed_ns);
	json_put_uint(j, "exit_status", (uint64_t)f->exit_status);
	if (f->signo)
		json_put_uint(j, "signal", (uint64_t)f->signo);
	json_put_text(j, "why", f->why);
	lines_add_tally(j, &f->tally);
	lines_end(l, ev);
	return out_flush(&l->out, ev->now_ns);
}

static int lines_event(void *priv, const struct event *ev)
{
	struct lines *l = priv;

	switch (ev->kind) {
	case EVENT_RUN_STARTED:
		return lines_run_started(l, ev);
	case EVENT_TEST_FINISHED:
		if (l->repeats.run)
			repeats_add(&l->repeats, &ev->test);
		return lines_test(l, ev, "test-finished");
	case EVENT_TEST_RETRIED:
		return lines_test(l, ev, "test-retried");
	case EVENT_TEST_RECHECKED:
		return lines_test(l, ev, "test-rechecked");
	case EVENT_TEST_RERUN:
		return lines_test(l, ev, "test-rerun");
	case EVENT_TEST_SLOW:
		return lines_test_slow(l, ev);
	case EVENT_FIXTURE_ENDED:
		return lines_fixture_ended(l, ev);
	case EVENT_WORKER_LOST:
		return lines_worker_lost(l, ev);
	case EVENT_PROGRESS:
		return out_flush(&l->out, ev->now_ns);
	case EVENT_WARNING:
		return lines_text(l, ev, "warning");
	case EVENT_PAUSED:
		return lines_paused(l, ev);
	case EVENT_RUN_CANCELLED:
		return lines_text(l, ev, "run-cancelled");
	case EVENT_RUN_FINISHED:
		return lines_run_finished(l, ev);
	case EVENT_ROSTER:
	case EVENT_OUTPUT_RELAYED:
	case N_EVENTS:
		break;
	}
	return l->out.code;
}

static int lines_close(void *priv)
{
	struct lines *l = priv;
	int ret = out_flush(&l->out, l->out.flushed_ns);

	repeats_fini(&l->repeats);
	out_fini(&l->out);
	str_fini(&l->name);
	return ret;
}

const struct report_ops report_json = {
	.name = "json",
	.help = "the events, a JSON object on a line for each",
	.size = sizeof(struct lines),
	.place = REPORT_TO_STREAM,
	.open = lines_open,
	.event = lines_event,
	.close = lines_close,
};
