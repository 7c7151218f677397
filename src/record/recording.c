/* SPDX-License-Identifier: MIT */
#include "record/recording.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/mem.h"
#include "model/verdict.h"
#include "record/kind.h"
#include "record/recording_impl.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NO_SLOT UINT32_MAX

/* The PASSES record that is being added to: tests that passed one after the
 * other in the same worker. */
struct passes {
	uint32_t slot, generation;
	uint32_t next; /* position that would go on */
	uint64_t now_ns; /* all of them were told at once */
	uint32_t count;
	size_t count_at; /* in the pack, where the count belongs */
	uint64_t end_ns; /* of the last test */
};

struct recording {
	struct frame_writer w;
	struct passes passes;
	struct pack running; /* as it was written last */
	struct pack scratch;
	uint32_t *numbers; /* of tests, in the recording */
	uint64_t t0_ns;
	uint64_t flushed_ns;
	struct verdict verdict;
	int fd;
	bool started;
};

static void passes_close(struct recording *r)
{
	uint32_t count = htole32(r->passes.count);

	if (r->passes.slot == NO_SLOT)
		return;
	memcpy(r->w.pack.bytes + r->passes.count_at, &count, sizeof(count));
	r->passes.slot = NO_SLOT;
}

static void recording_flush(struct recording *r, uint64_t now_ns)
{
	passes_close(r);
	frame_flush(&r->w);
	r->flushed_ns = now_ns;
}

/* After something was added: is it much, or old? */
static inline void recording_settle(struct recording *r, uint64_t now_ns)
{
	if (unlikely(frame_used(&r->w) >= RECORDING_FRAME ||
		     now_ns - r->flushed_ns >= RECORDING_FLUSH_NS))
		recording_flush(r, now_ns);
}

/* A record of its own. */
static struct pack *recording_begin(struct recording *r, enum kind kind,
				    uint64_t now_ns)
{
	passes_close(r);
	pack_uint(&r->w.pack, kind);
	pack_uint(&r->w.pack, now_ns - r->t0_ns);
	return &r->w.pack;
}

/* ---- tests ----------------------------------------------------------- */

static bool recording_is_plain(const struct event_test *t)
{
	return t->outcome == OUTCOME_PASS && !t->leak && t->attempt == 0 &&
	       t->signo == 0 && t->exit_status == -1 && t->n_failures == 0 &&
	       t->n_notes == 0 && t->n_points == 0 && t->output.total == 0;
}

__attribute__((noinline)) static void passes_open(struct recording *r,
						  const struct event *ev)
{
	const struct event_test *t = &ev->test;
	struct pack *p = recording_begin(r, KIND_PASSES, ev->now_ns);

	pack_uint(p, t->slot);
	pack_uint(p, t->generation);
	pack_uint(p, t->position);
	pack_room(p, sizeof(uint32_t));
	r->passes = (struct passes){ .slot = t->slot,
				     .generation = t->generation,
				     .next = t->position,
				     .now_ns = ev->now_ns,
				     .count_at = p->len,
				     .end_ns = r->t0_ns };
	p->len += sizeof(uint32_t);
}

static inline void recording_add_pass(struct recording *r,
				      const struct event *ev)
{
	const struct event_test *t = &ev->test;
	struct passes *s = &r->passes;
	struct pack *p = &r->w.pack;
	uint8_t *at;

	if (unlikely(t->position != s->next || t->slot != s->slot ||
		     t->generation != s->generation ||
		     ev->now_ns != s->now_ns))
		passes_open(r, ev);
	pack_room(p, 2 * VARINT_MAX);
	at = varint_put(p->bytes + p->len, zigzag(t->start_ns - s->end_ns));
	at = varint_put(at, t->duration_ns);
	p->len = (size_t)(at - p->bytes);
	s->end_ns = t->start_ns + t->duration_ns;
	s->next++;
	s->count++;
}

static void recording_add_note(struct pack *p, const struct note *note)
{
	pack_uint(p, note->kind);
	pack_uint(p, note->line);
	pack_text(p, note->file);
	pack_text(p, note->text);
}

static enum kind recording_kind(const struct event *ev)
{
	if (ev->kind == EVENT_TEST_RETRIED)
		return KIND_RETRIED;
	if (ev->kind == EVENT_TEST_RERUN)
		return KIND_RERUN;
	return ev->kind == EVENT_TEST_RECHECKED ? KIND_RECHECKED : KIND_END;
}

__attribute__((noinline)) static void
recording_add_end(struct recording *r, const struct event *ev)
{
	const struct event_test *t = &ev->test;
	struct pack *p = recording_begin(r, recording_kind(ev), ev->now_ns);
	size_t i;

	pack_uint(p, t->position);
	pack_uint(p, t->outcome);
	pack_uint(p, t->notrun);
	pack_uint(p, t->leak);
	pack_uint(p, t->attempt);
	pack_uint(p, t->slot);
	pack_uint(p, t->generation);
	pack_uint(p, zigzag(t->start_ns - r->t0_ns));
	pack_uint(p, t->duration_ns);
	pack_uint(p, (uint32_t)t->signo);
	pack_int(p, t->exit_status);
	pack_uint(p, t->n_failures);
	pack_uint(p, t->n_notes + t->n_points);
	for (i = 0; i < t->n_notes; i++)
		recording_add_note(p, &t->notes[i]);
	for (i = 0; i < t->n_points; i++)
		recording_add_note(p, &t->points[i]);
	pack_uint(p, t->output.total);
	pack_bytes(p, t->output.head, t->output.head_len);
	pack_bytes(p, t->output.tail, t->output.tail_len);
}

static void recording_add_usage(struct recording *r, uint32_t position,
				const struct usage *u)
{
	struct pack *p = &r->w.pack;

	passes_close(r);
	pack_uint(p, KIND_USAGE);
	pack_uint(p, position);
	pack_uint(p, u->user_ns);
	pack_uint(p, u->system_ns);
	pack_uint(p, u->peak_kib);
	pack_uint(p, u->minor_faults);
	pack_uint(p, u->major_faults);
	pack_uint(p, u->switches);
	pack_uint(p, u->preemptions);
}

static void recording_add_fault(struct recording *r, uint32_t position,
				const struct sigfault *f)
{
	struct pack *p = &r->w.pack;

	passes_close(r);
	pack_uint(p, KIND_FAULT);
	pack_uint(p, position);
	pack_int(p, f->code);
	pack_uint(p, f->address);
}

static void recording_add_tries(struct recording *r,
				const struct event_test *t)
{
	struct pack *p = &r->w.pack;

	passes_close(r);
	pack_uint(p, KIND_TRIES);
	pack_uint(p, t->position);
	pack_uint(p, t->n_failed);
	pack_uint(p, t->tries);
}

static void recording_test(struct recording *r, const struct event *ev)
{
	if (unlikely(ev->test.usage))
		recording_add_usage(r, ev->test.position, ev->test.usage);
	if (unlikely(ev->test.fault))
		recording_add_fault(r, ev->test.position, ev->test.fault);
	if (unlikely(ev->test.tries))
		recording_add_tries(r, &ev->test);
	if (likely(recording_is_plain(&ev->test) &&
		   ev->kind == EVENT_TEST_FINISHED))
		recording_add_pass(r, ev);
	else
		recording_add_end(r, ev);
	recording_settle(r, ev->now_ns);
}

/* ---- the rest -------------------------------------------------------- */

static void recording_swap(struct pack *a, struct pack *b)
{
	struct pack was = *a;

	*a = *b;
	*b = was;
}

/* Only when others run than was said last: a run that waits for one test does
 * not grow. */
static void recording_progress(struct recording *r, const struct event *ev)
{
	const struct event_progress *pr = &ev->progress;
	struct pack *p = &r->scratch;
	size_t i;

	p->len = 0;
	pack_uint(p, pr->n_running);
	for (i = 0; i < pr->n_running; i++) {
		const struct running *run = &pr->running[i];

		pack_uint(p, run->position);
		pack_uint(p, run->slot);
		pack_uint(p, zigzag(ev->now_ns - run->elapsed_ns - r->t0_ns));
	}
	if (p->len != r->running.len ||
	    memcmp(p->bytes, r->running.bytes, p->len) != 0) {
		struct pack *out = recording_begin(r, KIND_RUNNING, ev->now_ns);

		pack_room(out, p->len);
		memcpy(out->bytes + out->len, p->bytes, p->len);
		out->len += p->len;
		recording_swap(p, &r->running);
	}
	recording_flush(r, ev->now_ns);
}

static void recording_slow(struct recording *r, const struct event *ev)
{
	struct pack *p = recording_begin(r, KIND_SLOW, ev->now_ns);

	pack_uint(p, ev->slow.position);
	pack_uint(p, ev->slow.slot);
	pack_uint(p, ev->slow.elapsed_ns);
	recording_settle(r, ev->now_ns);
}

static void recording_fixture(struct recording *r, const struct event *ev)
{
	const struct event_fixture *f = &ev->fixture;
	struct pack *p;

	/* Of a test that was not selected: nobody could say of what. */
	if (r->numbers[f->test_ix] == UINT32_MAX)
		return;
	p = recording_begin(r, KIND_FIXTURE, ev->now_ns);
	pack_uint(p, r->numbers[f->test_ix]);
	pack_uint(p, f->kind);
	pack_uint(p, f->teardown);
	pack_uint(p, f->slot);
	pack_uint(p, f->generation);
	pack_uint(p, zigzag(f->start_ns - r->t0_ns));
	pack_uint(p, f->duration_ns);
	recording_settle(r, ev->now_ns);
}

static void recording_lost(struct recording *r, const struct event *ev)
{
	struct pack *p = recording_begin(r, KIND_LOST, ev->now_ns);

	pack_uint(p, ev->worker.slot);
	pack_uint(p, ev->worker.generation);
	pack_text(p, ev->worker.why);
	recording_settle(r, ev->now_ns);
}

static void recording_text(struct recording *r, enum kind kind,
			   const struct event *ev)
{
	pack_text(recording_begin(r, kind, ev->now_ns), ev->text);
	recording_settle(r, ev->now_ns);
}

/* Before it stops all is on its way, after that there is something to say. */
static void recording_paused(struct recording *r, const struct event *ev)
{
	if (ev->paused_ns)
		pack_uint(recording_begin(r, KIND_PAUSED, ev->now_ns),
			  ev->paused_ns);
	recording_flush(r, ev->now_ns);
}

static void recording_add_counts(struct pack *p, const uint64_t *counts, int n)
{
	int i;

	pack_uint(p, (uint32_t)n);
	for (i = 0; i < n; i++)
		pack_uint(p, counts[i]);
}

static void recording_add_tally(struct pack *p, const struct tally *t)
{
	pack_uint(p, t->selected);
	recording_add_counts(p, t->count, N_OUTCOMES);
	recording_add_counts(p, t->notrun, N_NOTRUNS);
	pack_uint(p, t->leaks);
	pack_uint(p, t->lost_workers);
	pack_uint(p, t->bad_suites);
	pack_uint(p, t->suite_errors);
	pack_uint(p, t->untrusted);
	pack_uint(p, t->environment);
	pack_uint(p, t->skip_exit);
	pack_uint(p, (uint32_t)t->signo);
	pack_uint(p, t->flaky_fails);
	pack_uint(p, t->retries);
}

/* What ends a run that is being torn down leaves a recording without an end. */
static void recording_finished(struct recording *r, const struct event *ev)
{
	verdict_keep(&r->verdict, ev);
	recording_flush(r, ev->now_ns);
}

static void recording_add_verdict(struct recording *r)
{
	const struct event *ev = &r->verdict.end;
	struct pack *p = recording_begin(r, KIND_FINISHED, ev->now_ns);

	pack_uint(p, ev->finished.elapsed_ns);
	pack_uint(p, (uint32_t)ev->finished.exit_status);
	pack_uint(p, (uint32_t)ev->finished.signo);
	pack_text(p, ev->finished.why);
	recording_add_tally(p, &ev->finished.tally);
}

static void recording_started(struct recording *r, const struct event *ev)
{
	uint64_t seed[2] = { ev->now_ns, ev->run.wall_ns };

	r->t0_ns = r->flushed_ns = ev->now_ns;
	frame_create(&r->w, r->fd,
		     id_test(id_bytes(seed, sizeof(seed)), ev->run.run_id,
			     strlen(ev->run.run_id)));
	r->started = true;
	r->numbers = recording_add_head(&r->w, ev);
}

__attribute__((noinline)) static void
recording_other_event(struct recording *r, const struct event *ev)
{
	switch (ev->kind) {
	case EVENT_RUN_STARTED:
		recording_started(r, ev);
		break;
	case EVENT_TEST_RETRIED:
	case EVENT_TEST_RECHECKED:
	case EVENT_TEST_RERUN:
		recording_test(r, ev);
		break;
	case EVENT_TEST_SLOW:
		recording_slow(r, ev);
		break;
	case EVENT_FIXTURE_ENDED:
		recording_fixture(r, ev);
		break;
	case EVENT_WORKER_LOST:
		recording_lost(r, ev);
		break;
	case EVENT_PROGRESS:
		recording_progress(r, ev);
		break;
	case EVENT_WARNING:
		recording_text(r, KIND_WARNING, ev);
		break;
	case EVENT_RUN_CANCELLED:
		recording_text(r, KIND_CANCELLED, ev);
		break;
	case EVENT_PAUSED:
		recording_paused(r, ev);
		break;
	case EVENT_RUN_FINISHED:
		recording_finished(r, ev);
		break;
	case EVENT_TEST_FINISHED:
	case EVENT_ROSTER: /* what ran is said now and then anyway */
	case EVENT_OUTPUT_RELAYED: /* what is kept of it comes later */
	case N_EVENTS:
		break;
	}
}

static void recording_event(void *ctx, const struct event *ev)
{
	struct recording *r = ctx;

	if (unlikely(!r->started && ev->kind != EVENT_RUN_STARTED))
		return;
	if (likely(ev->kind == EVENT_TEST_FINISHED))
		recording_test(r, ev);
	else
		recording_other_event(r, ev);
}

/* ---- opening and closing --------------------------------------------- */

struct recording *recording_open(int fd)
{
	struct recording *r = mem_zalloc(sizeof(*r));

	r->fd = fd;
	r->passes.slot = NO_SLOT;
	return r;
}

struct sink recording_sink(struct recording *r)
{
	return (struct sink){ .event = recording_event,
			      .ctx = r,
			      .progress_ns = RECORDING_FLUSH_NS };
}

void recording_amend(struct recording *r, int status, int signo,
		     const char *why)
{
	verdict_amend(&r->verdict, status, signo, why);
}

int recording_close(struct recording *r, struct err *err)
{
	int code = 0;

	if (r->verdict.known)
		recording_add_verdict(r);
	verdict_fini(&r->verdict);
	if (r->started) {
		passes_close(r);
		code = frame_flush(&r->w);
	}
	frame_end(&r->w);
	pack_fini(&r->running);
	pack_fini(&r->scratch);
	free(r->numbers);
	if (close(r->fd) < 0 && code == 0)
		code = -errno;
	free(r);
	return code < 0 ? err_sys(err, code, "could not write the recording")
			: 0;
}
