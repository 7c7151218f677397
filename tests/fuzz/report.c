/* SPDX-License-Identifier: MIT */
/*
 * The terminal report (report/report_term.c, failure.c, live.c, summary.c)
 * of tests with any names, notes, output and numbers: OUT-4, OUT-8.  Without
 * colours and live lines it is text: UTF-8, no control character but newline
 * and tab, none that turns the direction.
 *
 * Input: flags and verbosity (2 bytes); texts, one per line, and "--"; then
 * events: kind, and what it takes.
 */
#include "report/report.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/sys.h"
#include "fuzz.h"
#include "report/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define POSITIONS_MAX 64u
#define NOTES_MAX 6u

struct stage {
	struct fuzz_input in;
	struct listing listing;
	struct plan plan;
	char **texts;
	uint32_t n_texts;
	struct tally tally;
	bool ended[POSITIONS_MAX];
};

static int out_fd = -1, err_fd = -1;

static const char *take_text(struct stage *s)
{
	uint8_t ix = fuzz_byte(&s->in);

	return s->n_texts ? s->texts[ix % s->n_texts] : "";
}

/* By the runner's own clock; what a worker says can be anything. */
static uint64_t take_age(struct stage *s)
{
	return fuzz_u32(&s->in) * NS_PER_MS;
}

static void fill(struct stage *s)
{
	uint32_t i;

	listing_init(&s->listing);
	plan_init(&s->plan);
	listing_add_suite(&s->listing, take_text(s), "native");
	for (i = 0; i < POSITIONS_MAX / 4; i++) {
		const char *name = take_text(s);
		uint32_t count = i % 4 + 1;

		listing_add_test(&s->listing, &(struct test){
			.name = listing_text(&s->listing, name, strlen(name)),
			.file = take_text(s),
			.count = count,
			.indexed = count > 1,
		});
		plan_add(&s->plan, i, 0, count);
	}
	s->tally.selected = s->plan.n_positions;
}

static void add_notes(struct stage *s, struct event_test *t,
		      struct note *notes)
{
	t->notes = notes;
	t->n_notes = fuzz_byte(&s->in) % NOTES_MAX;
	for (size_t i = 0; i < t->n_notes; i++)
		notes[i] = (struct note){
			.kind = fuzz_byte(&s->in) % N_NOTE_KINDS,
			.line = fuzz_byte(&s->in),
			.file = take_text(s),
			.text = take_text(s),
		};
}

static void add_output(struct stage *s, struct output *out)
{
	out->head_len = fuzz_bytes(&s->in, fuzz_byte(&s->in),
				   (const uint8_t **)&out->head);
	out->tail_len = fuzz_bytes(&s->in, fuzz_byte(&s->in),
				   (const uint8_t **)&out->tail);
	out->total = out->head_len + out->tail_len + fuzz_byte(&s->in);
}

/* Each position ends once, as run/tell.c sees to; its other attempts are told
 * in front of that or behind it. */
static bool make_test(struct stage *s, struct event *ev, struct note *notes)
{
	uint32_t p = fuzz_byte(&s->in) % s->plan.n_positions;
	struct instance at = plan_at(&s->plan, p);
	struct event_test *t = &ev->test;

	*t = (struct event_test){
		.position = p,
		.test_ix = at.test_ix,
		.index = at.index,
		.outcome = OUTCOME_PASS +
			   fuzz_byte(&s->in) % (N_OUTCOMES - OUTCOME_PASS),
		.notrun = fuzz_byte(&s->in) % N_NOTRUNS,
		.leak = fuzz_byte(&s->in) & 1,
		.attempt = fuzz_byte(&s->in),
		.slot = fuzz_byte(&s->in),
		.start_ns = fuzz_u64(&s->in),
		.duration_ns = fuzz_u64(&s->in),
		.signo = fuzz_byte(&s->in) % 128,
		.exit_status = (int8_t)fuzz_byte(&s->in),
		.n_failures = fuzz_byte(&s->in),
	};
	if (ev->kind != EVENT_TEST_FINISHED) {
		t->n_failed = t->attempt % 3;
		t->tries = 3;
	} else if (s->ended[p]) {
		return false;
	} else {
		s->ended[p] = true;
		tally_add(&s->tally, t->outcome, t->notrun, t->leak);
	}
	add_notes(s, t, notes);
	add_output(s, &t->output);
	return true;
}

static void make_progress(struct stage *s, struct event_progress *p,
			  struct running *running, uint32_t n)
{
	uint32_t i;

	p->elapsed_ns = take_age(s);
	p->running = running;
	p->n_running = fuzz_byte(&s->in) % (n + 1);
	p->tally = s->tally;
	for (i = 0; i < p->n_running; i++)
		running[i] = (struct running){
			.position = fuzz_byte(&s->in) % s->plan.n_positions,
			.slot = (uint16_t)i,
			.elapsed_ns = take_age(s),
		};
}

static void play(struct stage *s, const struct sink *sink)
{
	static const enum event_kind kinds[] = {
		EVENT_TEST_FINISHED, EVENT_TEST_SLOW,	 EVENT_TEST_RETRIED,
		EVENT_WORKER_LOST,   EVENT_PROGRESS,	 EVENT_WARNING,
		EVENT_TEST_RECHECKED, EVENT_TEST_RERUN,
	};
	struct event ev = { .kind = kinds[fuzz_byte(&s->in) %
					  array_size(kinds)] };
	struct running running[4];
	struct note notes[NOTES_MAX];

	ev.now_ns = fuzz_u32(&s->in);
	if (ev.kind == EVENT_TEST_FINISHED || ev.kind == EVENT_TEST_RETRIED ||
	    ev.kind == EVENT_TEST_RECHECKED || ev.kind == EVENT_TEST_RERUN) {
		if (!make_test(s, &ev, notes))
			return;
	} else if (ev.kind == EVENT_TEST_SLOW) {
		ev.slow.position = fuzz_byte(&s->in) % s->plan.n_positions;
		ev.slow.elapsed_ns = take_age(s);
	} else if (ev.kind == EVENT_WORKER_LOST) {
		ev.worker.why = take_text(s);
		s->tally.lost_workers++;
	} else if (ev.kind == EVENT_PROGRESS) {
		make_progress(s, &ev.progress, running, array_size(running));
	} else {
		ev.text = take_text(s);
	}
	sink_event(sink, &ev);
}

static void begin(const struct stage *s, const struct sink *sink)
{
	struct event ev = { .kind = EVENT_RUN_STARTED };

	ev.run = (struct event_run){ .listing = &s->listing,
				     .plan = &s->plan,
				     .run_id = "fuzz",
				     .backend = "epoll",
				     .host = "here",
				     .jobs_why = "4 workers: -j 4",
				     .plan_why = "dist load, order collection\n",
				     .jobs = 4 };
	sink_event(sink, &ev);
}

static void end(struct stage *s, const struct sink *sink)
{
	struct event ev = { .kind = EVENT_RUN_FINISHED };

	ev.finished.tally = s->tally;
	ev.finished.elapsed_ns = take_age(s);
	ev.finished.exit_status = (int)tally_exit(&s->tally, &ev.finished.why);
	sink_event(sink, &ev);
}

static bool is_plain(uint32_t c)
{
	return c == '\n' || c == '\t' || (c >= 0x20 && c < 0x7f) ||
	       (c >= 0xa0 && c != 0x061c && c != 0x200e && c != 0x200f &&
		(c < 0x2028 || c > 0x202e) && (c < 0x2066 || c > 0x2069));
}

static void must_be_text(int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char *text = mem_alloc((size_t)size);
	uint32_t c = 0;
	size_t n;

	sys_pread_all(fd, text, (size_t)size, 0);
	for (off_t at = 0; at < size; at += (off_t)n) {
		n = utf8_decode(text + at, (size_t)(size - at), &c);
		fuzz_must(n > 0 && is_plain(c), "U+%04X or byte %02x", c,
			  (unsigned char)text[at]);
	}
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct report_wanted wanted = { .ops = &report_term };
	struct stage s = { .in = { .at = data, .left = size } };
	uint8_t flags = fuzz_byte(&s.in);
	struct report_setup setup = { .version = "1",
				      .n_slowest = 3,
				      .verbosity = (int8_t)fuzz_byte(&s.in) % 4,
				      .color_out = flags & 1,
				      .color_err = flags & 2,
				      .link_host = flags & 1 ? "host" : NULL,
				      .live = flags & 4 };
	struct err err = { 0 };
	struct report *r;
	struct sink sink;

	fuzz_fill_file(&out_fd, "", 0);
	fuzz_fill_file(&err_fd, "", 0);
	setup.out_fd = out_fd;
	setup.err_fd = err_fd;
	s.texts = fuzz_lines(&s.in, &s.n_texts);
	fill(&s);
	r = report_open(&wanted, 1, &setup, &err);
	fuzz_must(r, "%s", err.text);
	sink = report_sink(r);
	begin(&s, &sink);
	while (s.in.left)
		play(&s, &sink);
	end(&s, &sink);
	fuzz_must(report_close(r, &err) == 0, "%s", err.text);
	if (!setup.color_out)
		must_be_text(out_fd);
	if (!setup.color_err && !setup.live)
		must_be_text(err_fd);
	plan_fini(&s.plan);
	listing_fini(&s.listing);
	fuzz_free_lines(s.texts);
	return 0;
}
