/* SPDX-License-Identifier: MIT */
#include "run/tell.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/sys.h"
#include "run/chain.h"
#include "run/core.h"
#include "run/evidence.h"
#include "run/keeper.h"
#include "run/oom.h"
#include "run/pause.h"
#include "run/plugin_impl.h"
#include "run/recheck.h"
#include "run/relay.h"
#include "run/release.h"
#include "run/retry.h"
#include "run/stop.h"
#include "run/unwind.h"
#include "shm/folders.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* DEF-10 */
#define HEAD_MAX (UINT64_C(64) << 10)
#define TAIL_MAX (UINT64_C(192) << 10)
/* Told output is given back in pieces of at least this. */
#define PUNCH_MIN (UINT64_C(1) << 20)
/* Of one test. */
#define NOTES_MAX (NOTES_PER_TEST + 3u + NOTES_POINTS_MAX)

void tell_event(struct run *run, struct event *ev)
{
	ev->now_ns = run->now_ns;
	sink_event(run->args->sink, ev);
}

uint64_t tell_size(int fd)
{
	/* Cheaper than fstat(2); these files are only appended to, and where
	 * their offset stands is nobody's business. */
	off_t end = lseek(fd, 0, SEEK_END);

	return end < 0 ? 0 : (uint64_t)end;
}

/* ---- what a test left behind ----------------------------------------- */

void remains_fini(struct remains *r)
{
	free(r->all);
	free(r->note_bytes);
	free(r->why);
	str_fini(&r->kept);
	free(r->head);
	free(r->tail);
}

void tell_add_note(struct event_test *t, struct remains *r,
		   enum note_kind kind, const char *text)
{
	r->notes[r->n_notes++] =
		(struct note){ .kind = kind, .file = "", .text = text };
	t->notes = r->notes;
	t->n_notes = r->n_notes;
}

static void tell_read_output(int fd, uint64_t from, uint64_t to,
			     struct remains *r, struct output *out)
{
	ssize_t got;

	*out = (struct output){ .total = to - from };
	if (to == from)
		return;
	r->head = mem_alloc(HEAD_MAX);
	got = sys_pread_all(fd, r->head, min_of(out->total, HEAD_MAX), from);
	out->head = r->head;
	out->head_len = got > 0 ? (size_t)got : 0;
	if (out->total <= HEAD_MAX)
		return;
	from = max_of(from + HEAD_MAX, to - min_of(to, TAIL_MAX));
	r->tail = mem_alloc(TAIL_MAX);
	got = sys_pread_all(fd, r->tail, to - from, from);
	out->tail = r->tail;
	out->tail_len = got > 0 ? (size_t)got : 0;
}

static void tell_advance_notes(struct crew_slot *s, uint64_t end)
{
	if (end <= s->notes_pos)
		return;
	s->notes_pos = end;
	if (end - s->notes_punched < PUNCH_MIN)
		return;
	sys_punch(s->notes_fd, s->notes_punched, end);
	s->notes_punched = end;
}

static void tell_gather_output(struct crew_slot *s, struct event_test *t,
			       const struct tell_files *files,
			       struct remains *r)
{
	uint64_t size = tell_size(s->spool_fd);
	uint64_t from = min_of(max_of(files->output, s->spool_pos), size);
	uint64_t to = max_of(min_of(files->output_end, size), from);

	tell_read_output(s->spool_fd, from, to, r, &t->output);
}

static void tell_gather_notes(struct crew_slot *s, struct event_test *t,
			      const struct tell_files *files, const char *why,
			      struct remains *r)
{
	uint64_t notes_end = min_of(files->notes_end, tell_size(s->notes_fd));
	size_t n;

	r->all = mem_alloc(NOTES_MAX * sizeof(*r->all));
	n = notes_read(s->notes_fd, s->notes_pos, notes_end, t->position,
		       r->all, NOTES_MAX, &r->note_bytes);
	tell_advance_notes(s, notes_end);
	r->n_notes = notes_part(r->all, &n);
	memcpy(r->notes, r->all, r->n_notes * sizeof(*r->all));
	t->points = r->all + r->n_notes;
	t->n_points = n - r->n_notes;
	t->notes = r->notes;
	t->n_notes = r->n_notes;
	if (why) {
		r->why = mem_strdup(why);
		tell_add_note(t, r, NOTE_RUNNER, r->why);
	}
	if (files->kept) {
		str_addf(&r->kept, FOLDER_KEPT "%s", files->kept);
		tell_add_note(t, r, NOTE_RUNNER, str_get(&r->kept));
	}
}

static const char *tell_find_last(const char *text, size_t len,
				  const char *what)
{
	const char *found = NULL, *at = text, *end = text + len;

	while (at && at < end && (at = memmem(at, (size_t)(end - at), what,
					      strlen(what))) != NULL)
		found = at++;
	return found;
}

/* A sanitizer's report ends with one line that says it all. */
static void tell_add_summary(struct event_test *t, struct remains *r)
{
	static const char mark[] = "SUMMARY: ";
	const struct output *out = &t->output;
	bool at_end = out->tail_len > 0;
	const char *text = at_end ? out->tail : out->head;
	size_t len = at_end ? out->tail_len : out->head_len;
	const char *line = tell_find_last(text, len, mark);

	if (!line)
		return;
	line += sizeof(mark) - 1;
	snprintf(r->summary, sizeof(r->summary), "%.*s",
		 (int)min_of((size_t)(text + len - line),
			     sizeof(r->summary) - 1), line);
	r->summary[strcspn(r->summary, "\n")] = '\0';
	tell_add_note(t, r, NOTE_RUNNER, r->summary);
}

/* Output up to end is told: remember it, give the memory back now and then. */
static void tell_advance(struct crew_slot *s, uint64_t end)
{
	if (end <= s->spool_pos)
		return;
	s->spool_pos = end;
	if (end - s->spool_punched < PUNCH_MIN)
		return;
	sys_punch(s->spool_fd, s->spool_punched, end);
	s->spool_punched = end;
}

/* ---- tests ----------------------------------------------------------- */

static void tell_count(struct run *run, const struct event_test *t)
{
	run->ended[t->position] = 1;
	run->n_ended++;
	tally_add(&run->tally, t->outcome, t->notrun, t->leak);
	chain_note(run, t);
	/* Its run fixtures stay until it has been looked at again. */
	if (likely(!recheck_note(run, t)))
		release_count(run, t->test_ix);
	if (run->plugin)
		plugin_test_ended(run, t);
	if (unlikely(run->keeper))
		keeper_ended(run, t);
	if (unlikely(t->outcome == OUTCOME_CRASH))
		core_crashed(run);
	if (unlikely(outcome_is_failure(t->outcome)))
		stop_for_failures(run);
}

static void tell_identify(struct run *run, struct event *ev)
{
	struct instance at =
		plan_at_near(run->args->plan, ev->test.position,
			     &run->slots[ev->test.slot].segment);

	ev->test.test_ix = at.test_ix;
	ev->test.index = at.index;
}

static void tell_ended(struct run *run, struct event *ev)
{
	tell_identify(run, ev);
	tell_event(run, ev);
}

/* With all there is to say. */
static void tell_at_length(struct run *run, struct event *ev,
			   const struct tell_files *files, const char *why)
{
	struct event_test *t = &ev->test;
	struct crew_slot *s = &run->slots[t->slot];
	bool passed = t->outcome == OUTCOME_PASS ||
		      t->outcome == OUTCOME_FLAKY;
	struct remains r = { 0 };

	if (!why && t->outcome == OUTCOME_CRASH && t->signo == SIGKILL)
		why = oom_explain(run);
	/* What a test printed that passed is of no interest. */
	if (!passed || t->leak || run->args->keep_output)
		tell_gather_output(s, t, files, &r);
	tell_gather_notes(s, t, files, why, &r);
	if (run->args->slowness > 1 && outcome_is_failure(t->outcome))
		tell_add_summary(t, &r);
	tell_identify(run, ev);
	if (!unwind_take(run, ev, &r)) {
		tell_event(run, ev);
		remains_fini(&r);
	}
	tell_advance(s, min_of(files->output_end, tell_size(s->spool_fd)));
}

/* It keeps the state that it has. */
static void tell_rechecked(struct run *run, struct event *ev,
			   const struct tell_files *files, const char *why)
{
	ev->kind = EVENT_TEST_RECHECKED;
	recheck_end(run);
	tell_at_length(run, ev, files, why);
}

/* Likewise. */
static void tell_rerun(struct run *run, struct event *ev,
		       const struct tell_files *files, const char *why)
{
	ev->kind = EVENT_TEST_RERUN;
	chain_end_extra(run, ev->test.position);
	tell_at_length(run, ev, files, why);
}

void tell_test(struct run *run, struct event *ev,
	       const struct tell_files *files, const char *why)
{
	struct event_test *t = &ev->test;
	struct crew_slot *s = &run->slots[t->slot];

	if (run->ended[t->position])
		return;
	if (unlikely(run->n_pauses))
		pause_deduct(run, t);
	if (unlikely(run->args->relay_output))
		relay_rest(run, t, files);
	if (unlikely(recheck_is_on(run))) {
		tell_rechecked(run, ev, files, why);
		return;
	}
	if (unlikely(chain_is_extra(run, t->position))) {
		tell_rerun(run, ev, files, why);
		return;
	}
	ev->kind = EVENT_TEST_FINISHED;
	if (unlikely(run->retry)) {
		const char *settled = retry_settle(run, t);

		why = why ? why : settled;
	}
	if (likely(t->outcome == OUTCOME_PASS && !t->leak &&
		   !files->notes_end && !run->args->keep_output)) {
		tell_ended(run, ev);
		/* Believed only as far as the file goes. */
		if (unlikely(files->output_end > s->spool_pos))
			tell_advance(s, min_of(files->output_end,
					       tell_size(s->spool_fd)));
	} else {
		tell_at_length(run, ev, files, why);
	}
	tell_count(run, t);
}

void tell_so_far(struct run *run, struct event *ev, uint64_t output,
		 const char *why)
{
	struct tell_files files = { .output = output,
				    .output_end = UINT64_MAX };
	struct remains r = { 0 };

	if (recheck_is_on(run)) {
		recheck_end(run);
		return;
	}
	if (chain_end_extra(run, ev->test.position))
		return;
	ev->kind = EVENT_TEST_FINISHED;
	retry_settle(run, &ev->test);
	tell_gather_output(&run->slots[ev->test.slot], &ev->test, &files, &r);
	tell_add_note(&ev->test, &r, NOTE_RUNNER, why);
	tell_ended(run, ev);
	tell_count(run, &ev->test);
	remains_fini(&r);
}

void tell_retried(struct run *run, struct event *ev,
		  const struct tell_files *files, const char *why)
{
	ev->kind = EVENT_TEST_RETRIED;
	if (run->n_pauses)
		pause_deduct(run, &ev->test);
	retry_add(run, &ev->test);
	if (run->args->relay_output)
		relay_rest(run, &ev->test, files);
	tell_at_length(run, ev, files, why);
}

void tell_unstarted(struct run *run, uint32_t position, enum outcome outcome,
		    enum notrun reason, const char *why)
{
	struct note note = {
		.kind = outcome == OUTCOME_SKIP ? NOTE_SKIP : NOTE_RUNNER,
		.file = "",
	};
	struct event ev = { .kind = EVENT_TEST_FINISHED,
			    .test = { .position = position,
				      .outcome = outcome,
				      .notrun = reason,
				      .exit_status = -1,
				      .notes = &note } };
	const char *settled;

	if (run->ended[position])
		return;
	if (recheck_is_on(run)) {
		recheck_end(run);
		return;
	}
	if (chain_end_extra(run, position))
		return;
	settled = retry_settle(run, &ev.test);
	note.text = settled ? settled : why;
	ev.test.n_notes = note.text ? 1 : 0;
	tell_ended(run, &ev);
	tell_count(run, &ev.test);
}

void tell_fixture(struct run *run, uint32_t position,
		  const struct event_fixture *f)
{
	struct event ev = { .kind = EVENT_FIXTURE_ENDED, .fixture = *f };

	ev.fixture.test_ix = plan_at_near(run->args->plan, position,
					  &run->slots[f->slot].segment).test_ix;
	tell_event(run, &ev);
}

/* ---- the rest -------------------------------------------------------- */

void tell_worker_lost(struct run *run, uint32_t slot, const char *why)
{
	struct event ev = {
		.kind = EVENT_WORKER_LOST,
		.worker = { .slot = (uint16_t)slot,
			    .generation =
				    (uint16_t)run->slots[slot].generation,
			    .why = why },
	};

	run->tally.lost_workers++;
	tell_event(run, &ev);
}

void tell_teardown(struct run *run, uint32_t slot)
{
	struct crew_slot *s = &run->slots[slot];
	struct note notes[NOTES_PER_TEST];
	uint64_t end = tell_size(s->notes_fd);
	size_t n, i;
	char *bytes;

	n = notes_read(s->notes_fd, s->notes_pos, end, NOTES_NO_TEST, notes,
		       NOTES_PER_TEST, &bytes);
	for (i = 0; i < n; i++)
		tell_warning(run, "a fixture's teardown failed: %s:%u: %s",
			     notes[i].file, notes[i].line, notes[i].text);
	s->notes_pos = end;
	free(bytes);
}

static void tell_text(struct run *run, enum event_kind kind, const char *text)
{
	struct event ev = { .kind = kind, .text = text };

	tell_event(run, &ev);
}

void tell_warning(struct run *run, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	tell_text(run, EVENT_WARNING, text);
}

void tell_fatal(struct run *run, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	/* The first reason is the reason. */
	if (!run->fatal)
		tell_text(run, EVENT_WARNING, text);
	run->fatal = true;
	run->tally.untrusted = true;
}

void tell_cancelled(struct run *run, const char *why)
{
	tell_text(run, EVENT_RUN_CANCELLED, why);
}

void tell_started(struct run *run)
{
	const struct run_args *a = run->args;
	struct event ev = {
		.kind = EVENT_RUN_STARTED,
		.run = { .listing = a->listing,
			 .plan = a->plan,
			 .partition = a->partition,
			 .run_id = a->run_id,
			 .backend = loop_name(a->loop),
			 .jobs_why = a->jobs_why,
			 .plan_why = a->plan_why,
			 .host = a->host,
			 .wall_ns = clock_wall_ns(),
			 .jobs = run->n_slots,
			 .isolate = a->isolate },
	};

	tell_event(run, &ev);
}

void tell_slow(struct run *run, uint32_t slot, uint32_t position,
	       uint64_t elapsed_ns)
{
	struct event ev = { .kind = EVENT_TEST_SLOW,
			    .slow = { .position = position,
				      .slot = (uint16_t)slot,
				      .elapsed_ns = elapsed_ns } };

	ev.slow.has_cpu = evidence_cpu(run, slot, &ev.slow.cpu_ns);

	tell_event(run, &ev);
}

void tell_paused(struct run *run, uint64_t paused_ns)
{
	struct event ev = { .kind = EVENT_PAUSED, .paused_ns = paused_ns };

	tell_event(run, &ev);
}

void tell_roster(struct run *run, const struct standing *items, size_t n,
		 bool brief)
{
	struct event ev = { .kind = EVENT_ROSTER,
			    .roster = { .items = items,
					.n = n,
					.brief = brief } };

	ev.roster.elapsed_ns = run->now_ns - run->started_ns;
	ev.roster.tally = run->tally;
	tell_event(run, &ev);
}

void tell_finished(struct run *run)
{
	struct event ev = { .kind = EVENT_RUN_FINISHED };

	ev.finished.tally = run->tally;
	ev.finished.elapsed_ns = run->now_ns - run->started_ns;
	ev.finished.exit_status = tally_exit(&run->tally, &ev.finished.why);
	ev.finished.signo = run->tally.signo;
	tell_event(run, &ev);
}
