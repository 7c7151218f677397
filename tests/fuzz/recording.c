/* SPDX-License-Identifier: MIT */
/*
 * Recordings (record/frame.c, replay*.c, resume.c, merge.c, sequence.c) of any
 * bytes, and their reports: refused with a sentence, or each test of the plan
 * ends exactly once, the run once, what is told lies within the listing, and
 * what ran can be run again in its order.
 *
 * Input: flags (1 byte), then a file as it is; or, where checksums would keep
 * all of it out, frames: length (2 bytes) and what is packed into each, which
 * get heads that fit.
 */
#include "record/replay.h"

#include "base/mem.h"
#include "base/str.h"
#include "fuzz.h"
#include "record/frame.h"
#include "record/merge.h"
#include "record/resume.h"
#include "record/sequence.h"
#include "report/report.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define POSITIONS_MAX 100000u
/* A page has bins for each worker: a second for a few thousand of them. */
#define PAGE_JOBS_MAX 256u

struct seen {
	const struct event_run *run;
	uint8_t *ended;
	uint32_t n_ended, n_finished;
	uint64_t chars; /* of all texts: that they can be read */
};

static int file_fd = -1, null_fd = -1;

static void see_test(struct seen *seen, const struct event_test *t)
{
	const struct listing *l = seen->run->listing;
	size_t i;

	fuzz_must(t->position < seen->run->plan->n_positions, "%u",
		  t->position);
	fuzz_must(!seen->ended[t->position], "%u ended twice", t->position);
	fuzz_must(t->test_ix < l->n_tests, "%u", t->test_ix);
	fuzz_must(t->index < l->tests[t->test_ix].count, "%u", t->index);
	fuzz_must(t->outcome > OUTCOME_NONE && t->outcome < N_OUTCOMES, "%d",
		  t->outcome);
	fuzz_must(t->slot < seen->run->jobs, "w%u", t->slot);
	seen->ended[t->position] = 1;
	seen->n_ended++;
	for (i = 0; i < t->n_notes; i++)
		seen->chars += strlen(t->notes[i].file) +
			       strlen(t->notes[i].text);
	for (i = 0; i < t->output.head_len; i++)
		seen->chars += (uint8_t)t->output.head[i];
	for (i = 0; i < t->output.tail_len; i++)
		seen->chars += (uint8_t)t->output.tail[i];
}

static void see(void *ctx, const struct event *ev)
{
	struct seen *seen = ctx;

	if (ev->kind == EVENT_TEST_FINISHED)
		see_test(seen, &ev->test);
	if (ev->kind == EVENT_TEST_SLOW)
		fuzz_must(ev->slow.position < seen->run->plan->n_positions,
			  "%u", ev->slow.position);
	if (ev->kind == EVENT_FIXTURE_ENDED)
		fuzz_must(ev->fixture.test_ix < seen->run->listing->n_tests,
			  "%u", ev->fixture.test_ix);
	if (ev->kind == EVENT_RUN_FINISHED) {
		fuzz_must(seen->n_ended == seen->run->plan->n_positions,
			  "%u of %u ended", seen->n_ended,
			  seen->run->plan->n_positions);
		seen->n_finished++;
	}
}

/* NULL where the plan is larger than there is time for. */
static struct replay *open_replay(void)
{
	struct err err = { 0 };
	struct replay *r = replay_open(file_fd, &err);

	fuzz_must(r || *err.text, "refused without a reason");
	if (r && replay_run(r)->plan->n_positions > POSITIONS_MAX) {
		replay_close(r);
		r = NULL;
	}
	return r;
}

static void check_events(void)
{
	struct replay *r = open_replay();
	struct seen seen = { 0 };
	const struct sink sink = { .event = see, .ctx = &seen };

	if (!r)
		return;
	seen.run = replay_run(r);
	seen.ended = mem_zalloc(seen.run->plan->n_positions + 1);
	replay_events(r, &sink);
	replay_end(r, &sink);
	fuzz_must(seen.n_finished == 1, "%u ends", seen.n_finished);
	free(seen.ended);
	replay_close(r);
}

static void check_reports(void)
{
	static const struct report_wanted wanted[] = {
		{ &report_tap, "/dev/null" },
		{ &report_json, "/dev/null" },
		{ &report_trace, "/dev/null" },
		{ &report_junit, "/dev/null" },
		{ &report_html, "/dev/null" },
		{ &report_github, NULL },
		{ &report_term, NULL },
	};
	struct report_setup setup = { .version = "1", .n_slowest = 3 };
	struct replay *r = open_replay();
	struct err err = { 0 };
	struct report *report;
	struct sink sink;

	if (!r)
		return;
	if (replay_run(r)->jobs > PAGE_JOBS_MAX) {
		replay_close(r);
		return;
	}
	setup.out_fd = setup.err_fd = null_fd;
	report = report_open(wanted, array_size(wanted), &setup, &err);
	fuzz_must(report, "%s", err.text);
	sink = report_sink(report);
	replay_events(r, &sink);
	replay_end(r, &sink);
	fuzz_must(report_close(report, &err) == 0, "%s", err.text);
	replay_close(r);
}

static bool has_many_instances(const struct listing *listing)
{
	uint64_t count = 0;
	uint32_t i;

	for (i = 0; i < listing->n_tests; i++)
		count += listing->tests[i].count;
	return count > POSITIONS_MAX;
}

/* Each time that one runs is a place of its own. */
static bool has_many_places(const struct event_run *run)
{
	uint64_t times = max_of(run->plan->n_times, 1u);

	if (run->partition)
		times = max_of(times, (uint64_t)run->partition->n_times);
	return has_many_instances(run->listing) || times > 100;
}

/* With itself. */
static void check_merge(void)
{
	static const char *const paths[] = { "a", "b" };
	const int fds[] = { file_fd, file_fd };
	struct replay *r = open_replay();
	struct seen seen = { 0 };
	const struct sink sink = { .event = see, .ctx = &seen };
	struct err err = { 0 };
	struct merge *m;
	bool many;

	if (!r)
		return;
	many = has_many_places(replay_run(r));
	replay_close(r);
	m = many ? NULL : merge_open(fds, paths, 2, "fuzz", &err);
	fuzz_must(many || m || *err.text, "refused without a reason");
	if (!m)
		return;
	seen.run = merge_run(m);
	seen.ended = mem_zalloc(seen.run->plan->n_positions + 1);
	merge_events(m, &sink);
	fuzz_must(seen.n_finished == 1, "%u ends", seen.n_finished);
	free(seen.ended);
	merge_close(m);
}

static void check_resume(void)
{
	struct replay *r = open_replay();
	const struct event_run *run;
	struct resumed sum;
	struct plan plan;
	uint32_t i;

	if (!r)
		return;
	run = replay_run(r);
	if (has_many_instances(run->listing)) {
		replay_close(r);
		return;
	}
	plan_init(&plan);
	for (i = 0; i < run->listing->n_tests; i++)
		plan_add(&plan, i, 0, 1);
	i = plan.n_positions;
	sum = resume_apply(r, run->listing, &plan, 1);
	fuzz_must(sum.n_ended + plan.n_positions == i, "a test was lost");
	fuzz_must(sum.n_failed <= sum.n_ended, "failed without an end");
	plan_fini(&plan);
	replay_close(r);
}

/* Each instance that there is, in one plan. */
static void plan_all(struct plan *plan, const struct listing *listing)
{
	uint32_t i;

	plan_init(plan);
	for (i = 0; i < listing->n_tests; i++)
		plan_add(plan, i, 0, listing->tests[i].count);
}

/* The last step by its name, and what its process ran before it. */
static void check_last_step(struct sequence *s)
{
	struct str name = STR_INIT;
	uint32_t step;
	struct step last;

	sequence_print_name(&name, s, s->n - 1);
	fuzz_must(sequence_find(s, str_get(&name), &step), "'%s' did not run",
		  str_get(&name));
	last = s->steps[step];
	sequence_keep_until(s, step);
	fuzz_must(s->n > 0 && s->steps[s->n - 1].seq == last.seq, "%u", s->n);
	fuzz_must(sequence_ends_with(s, s->listing, last.test_ix, last.index),
		  "'%s' is not the last", str_get(&name));
	str_fini(&name);
}

static void check_sequence(void)
{
	struct replay *r = open_replay();
	const struct listing *l;
	struct sequence s;
	struct plan all, plan;
	uint32_t n_gone, i;

	if (!r)
		return;
	l = replay_run(r)->listing;
	if (has_many_instances(l)) {
		replay_close(r);
		return;
	}
	sequence_read(&s, r);
	for (i = 0; i < s.n; i++)
		fuzz_must(s.steps[i].test_ix < l->n_tests &&
				  s.steps[i].index <
					  l->tests[s.steps[i].test_ix].count,
			  "step %u", i);
	plan_all(&all, l);
	plan_init(&plan);
	n_gone = sequence_plan(&s, l, &all, &plan);
	fuzz_must(plan.n_positions + n_gone <= s.n, "%u of %u",
		  plan.n_positions, s.n);
	fuzz_must(plan.n_positions <= all.n_positions, "%u positions",
		  plan.n_positions);
	if (s.n)
		check_last_step(&s);
	plan_fini(&plan);
	plan_fini(&all);
	sequence_fini(&s);
	replay_close(r);
}

/* Frames around what is left of the input. */
static void make_frames(struct fuzz_input *in)
{
	struct frame_writer w;

	fuzz_fill_file(&file_fd, "", 0);
	frame_create(&w, file_fd, 1);
	while (in->left > 2) {
		size_t len = fuzz_byte(in);
		const uint8_t *bytes;

		len = fuzz_bytes(in, len | (size_t)fuzz_byte(in) << 8, &bytes);
		pack_room(&w.pack, len);
		if (len)
			memcpy(w.pack.bytes + w.pack.len, bytes, len);
		w.pack.len += len;
		frame_flush(&w);
	}
	frame_end(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { .at = data, .left = size };
	uint8_t flags = fuzz_byte(&in);

	if (null_fd < 0) {
		null_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
		fuzz_must(null_fd >= 0, "no /dev/null");
	}
	if (flags & 1)
		make_frames(&in);
	else
		fuzz_fill_file(&file_fd, in.at, in.left);
	check_events();
	if (flags & 2)
		check_reports();
	if (flags & 4)
		check_resume();
	check_sequence();
	if (flags & 8)
		check_merge();
	return 0;
}
