/* SPDX-License-Identifier: MIT */
#include "tape.h"

#include "base/clock.h"
#include "base/sys.h"

#include <inttypes.h>
#include <unistd.h>

#define T0 (UINT64_C(5000) * NS_PER_S)

static void tape_add_test(struct tape *t, const char *name, uint32_t count,
			  int32_t weight)
{
	struct attrs attrs = attrs_default;

	attrs.weight = weight;
	listing_add_test(&t->listing, &(struct test){
		.name = name,
		.file = "dir/t.c",
		.line = 90 - 10 * t->listing.n_tests,
		.count = count,
		.indexed = count > 1,
		.attrs = weight ? listing_attrs(&t->listing, &attrs) : NULL,
	});
}

static void tape_add_suite(struct tape *t, const char *path)
{
	uint32_t ix = listing_add_suite(&t->listing, path, "native");

	t->listing.suites[ix].name = path + 2;
}

static void tape_make_plan(struct tape *t)
{
	listing_init(&t->listing);
	plan_init(&t->plan);
	t->tally = (struct tally){ .selected = TAPE_POSITIONS };
	tape_add_suite(t, "./a.so");
	tape_add_test(t, "Scope::first", 1, 0);
	tape_add_test(t, "Scope::not_selected", 1, 0);
	tape_add_test(t, "Scope::range", 40, 0);
	tape_add_suite(t, "./b.so");
	tape_add_test(t, "Scope::wide", 1, 2);
	tape_add_test(t, "Scope::x", 1, 0);
	tape_add_test(t, "Scope::y", 1, 0);
	plan_add(&t->plan, 2, 10, 30);
	plan_add(&t->plan, 0, 0, 1);
	plan_add(&t->plan, 2, 0, 10);
	plan_add(&t->plan, 3, 0, 1);
	plan_add(&t->plan, 4, 0, 1);
	plan_add(&t->plan, 5, 0, 1);
}

static void tape_end(struct tape *t, const struct sink *sink,
		     struct event_test test, uint64_t now_ms)
{
	struct instance at = plan_at(&t->plan, test.position);
	struct event ev = { .kind = EVENT_TEST_FINISHED,
			    .now_ns = T0 + now_ms * NS_PER_MS };

	test.test_ix = at.test_ix;
	test.index = at.index;
	tally_add(&t->tally, test.outcome, test.notrun, test.leak);
	ev.test = test;
	sink_event(sink, &ev);
}

static void tape_pass(struct tape *t, const struct sink *sink,
		      uint32_t position, uint16_t slot)
{
	const struct usage usage = { position, 7, 8, 9, 10, 11, 12 };

	tape_end(t, sink, (struct event_test){
				  .position = position,
				  .outcome = OUTCOME_PASS,
				  .slot = slot,
				  .start_ns = T0 + 1000 * position + slot,
				  .duration_ns = position * position,
				  .exit_status = -1,
				  .usage = position % 3 ? NULL : &usage,
			  }, 20);
}

static void tape_crash(struct tape *t, const struct sink *sink)
{
	const struct sigfault fault = { .code = -6, .address = UINT64_MAX - 1 };
	const struct note notes[] = {
		{ NOTE_FAILURE, 12, "dir/t.c", "a == b\n  a = \033[1m" },
		{ NOTE_RUNNER, 0, "", "was stopped" },
	};

	tape_end(t, sink, (struct event_test){
				  .position = TAPE_CRASHED,
				  .outcome = OUTCOME_CRASH,
				  .fault = &fault,
				  .leak = true,
				  .attempt = 1,
				  .slot = 1,
				  .generation = 3,
				  .start_ns = T0 + 77,
				  .duration_ns = 99,
				  .signo = 11,
				  .exit_status = -1,
				  .n_failures = 2,
				  .notes = notes,
				  .n_notes = 2,
				  .output = { "a\0b\n", 4, "end\n", 4, 1000 },
			  }, 30);
}

static void tape_skip(struct tape *t, const struct sink *sink)
{
	const struct note note = { NOTE_SKIP, 0, "", "no wheels" };

	tape_end(t, sink, (struct event_test){ .position = TAPE_SKIPPED,
					       .outcome = OUTCOME_SKIP,
					       .exit_status = -1,
					       .notes = &note,
					       .n_notes = 1 }, 31);
}

static void tape_tell(const struct sink *sink, struct event ev,
		      uint64_t now_ms)
{
	ev.now_ns = T0 + now_ms * NS_PER_MS;
	sink_event(sink, &ev);
}

static void tape_progress(struct tape *t, const struct sink *sink,
			  uint64_t now_ms)
{
	const struct running running[] = {
		{ .position = TAPE_RUNNING, .slot = 0,
		  .elapsed_ns = (now_ms - 10) * NS_PER_MS },
		/* Said to run, and has ended. */
		{ .position = 3, .slot = 1, .elapsed_ns = NS_PER_MS },
	};

	tape_tell(sink, (struct event){ .kind = EVENT_PROGRESS,
					.progress = { .running = running,
						      .n_running = 2,
						      .tally = t->tally } },
		  now_ms);
}

static void tape_remarks(const struct sink *sink)
{
	tape_tell(sink, (struct event){ .kind = EVENT_TEST_SLOW,
					.slow = { TAPE_RUNNING, 0, 12345, 0, false } },
		  32);
	tape_tell(sink, (struct event){ .kind = EVENT_FIXTURE_ENDED,
					.fixture = { .test_ix = 2,
						     .slot = 1,
						     .generation = 2,
						     .start_ns = T0 + 5,
						     .duration_ns = 6 } },
		  32);
	tape_tell(sink, (struct event){ .kind = EVENT_WORKER_LOST,
					.worker = { 1, 2, "killed by X" } },
		  33);
	tape_tell(sink, (struct event){ .kind = EVENT_WARNING,
					.text = "look out" }, 34);
	tape_tell(sink, (struct event){ .kind = EVENT_RUN_CANCELLED,
					.text = "enough" }, 35);
	tape_tell(sink, (struct event){ .kind = EVENT_PAUSED,
					.paused_ns = 777 }, 36);
}

static void tape_start(struct tape *t, const struct sink *sink)
{
	tape_tell(sink, (struct event){
			  .kind = EVENT_RUN_STARTED,
			  .run = { .listing = &t->listing,
				   .plan = &t->plan,
				   .run_id = t->run_id ? t->run_id
						       : "0b8f3c1e",
				   .backend = "epoll",
				   .jobs_why = "2 workers: -j 2",
.plan_why = "load\nas it comes",
				   .host = "here",
				   .wall_ns = 1790000000 * NS_PER_S,
				   .jobs = 2,
				   .isolate = ISOLATE_FORK } }, 0);
}

static void tape_finish(struct tape *t, const struct sink *sink)
{
	struct event ev = { .kind = EVENT_RUN_FINISHED };

	t->tally.lost_workers = 2;
	ev.finished.tally = t->tally;
	ev.finished.elapsed_ns = 300 * NS_PER_MS;
	ev.finished.exit_status = (int)tally_exit(&t->tally, &ev.finished.why);
	tape_tell(sink, ev, 300);
}

void tape_play(struct tape *t, const struct sink *sink, bool whole)
{
	uint32_t p;

	tape_make_plan(t);
	tape_start(t, sink);
	for (p = 0; p < TAPE_CRASHED; p++)
		if (p != 3)
			tape_pass(t, sink, p, 0);
	tape_crash(t, sink);
	tape_skip(t, sink);
	tape_progress(t, sink, 100);
	for (p = TAPE_SKIPPED + 1; p < TAPE_RUNNING; p++)
		tape_pass(t, sink, p, p > 20);
	tape_pass(t, sink, 3, 1);
	tape_remarks(sink);
	tape_progress(t, sink, 200);
	if (!whole)
		return;
	for (p = TAPE_RUNNING; p < TAPE_POSITIONS; p++)
		tape_pass(t, sink, p, 0);
	tape_finish(t, sink);
}

void tape_record(struct tape *t, bool whole)
{
	struct recording *r;
	struct err err = { 0 };
	struct sink sink;

	t->fd = sys_memfd("tape");
	r = recording_open(dup(t->fd));
	sink = recording_sink(r);
	tape_play(t, &sink, whole);
	recording_close(r, &err);
	t->size = (uint64_t)lseek(t->fd, 0, SEEK_END);
}

void tape_free(struct tape *t)
{
	plan_fini(&t->plan);
	listing_fini(&t->listing);
	if (t->fd >= 0)
		close(t->fd);
}

/* ---- what is told ----------------------------------------------------- */

static void print_usage(struct str *out, const struct usage *u)
{
	if (u)
		str_addf(out, " used %" PRIu64 " %" PRIu64 " %u %u %u %u %u",
			 u->user_ns, u->system_ns, u->peak_kib,
			 u->minor_faults, u->major_faults, u->switches,
			 u->preemptions);
}

static void print_test(struct str *out, const struct event_test *t)
{
	size_t i;

	str_addf(out, "%u outcome %d %d leak %d attempt %u w%u.%u start %" PRIu64
		 " took %" PRIu64 " signal %d status %d failures %u",
		 t->position, t->outcome, t->notrun, t->leak, t->attempt,
		 t->slot, t->generation, t->start_ns, t->duration_ns, t->signo,
		 t->exit_status, t->n_failures);
	print_usage(out, t->usage);
	if (t->fault)
		str_addf(out, " fault %d %" PRIx64, t->fault->code,
			 t->fault->address);
	for (i = 0; i < t->n_notes; i++)
		str_addf(out, " [%d %u %s %s]", t->notes[i].kind,
			 t->notes[i].line, t->notes[i].file, t->notes[i].text);
	str_addf(out, " output %" PRIu64 " ", t->output.total);
	for (i = 0; i < t->output.head_len; i++)
		str_addf(out, "%02x", t->output.head[i]);
	str_add(out, "...");
	for (i = 0; i < t->output.tail_len; i++)
		str_addf(out, "%02x", t->output.tail[i]);
}

static void print_run(struct str *out, const struct event_run *run)
{
	uint32_t p;

	str_addf(out, "%s %s %s %s %s %" PRIu64 " %u %d", run->run_id,
		 run->backend, run->jobs_why, run->plan_why, run->host,
		 run->wall_ns, run->jobs, run->isolate);
	for (p = 0; p < run->plan->n_positions; p++) {
		struct instance at = plan_at(run->plan, p);
		const struct test *t = &run->listing->tests[at.test_ix];

		str_addf(out, " %s ", run->listing->suites[t->suite_ix].path);
		plan_print_name(out, run->plan, run->listing, p);
		str_addf(out, " %s:%u %d", t->file, t->line, t->attrs->weight);
	}
}

static void print_other(struct str *out, const struct event *ev)
{
	if (ev->kind == EVENT_TEST_SLOW)
		str_addf(out, "%u w%u %" PRIu64, ev->slow.position,
			 ev->slow.slot, ev->slow.elapsed_ns);
	else if (ev->kind == EVENT_FIXTURE_ENDED)
		str_addf(out, "w%u.%u %" PRIu64 " %" PRIu64, ev->fixture.slot,
			 ev->fixture.generation, ev->fixture.start_ns,
			 ev->fixture.duration_ns);
	else if (ev->kind == EVENT_WORKER_LOST)
		str_addf(out, "w%u.%u %s", ev->worker.slot,
			 ev->worker.generation, ev->worker.why);
	else if (ev->kind == EVENT_RUN_FINISHED)
		str_addf(out, "%s %d %" PRIu64 " %" PRIu64, ev->finished.why,
			 ev->finished.exit_status, ev->finished.elapsed_ns,
			 ev->finished.tally.lost_workers);
	else if (ev->kind == EVENT_PAUSED)
		str_addf(out, "%" PRIu64, ev->paused_ns);
	else
		str_add(out, ev->text);
}

/* Of the kinds that a recording keeps. */
void tape_print(void *ctx, const struct event *ev)
{
	struct str *out = ctx;

	if (ev->kind == EVENT_PROGRESS)
		return;
	str_addf(out, "%d ", ev->kind);
	if (ev->kind == EVENT_RUN_STARTED)
		print_run(out, &ev->run);
	else if (ev->kind == EVENT_TEST_FINISHED)
		print_test(out, &ev->test);
	else
		print_other(out, ev);
	str_add(out, "\n");
}
