/* SPDX-License-Identifier: MIT */
/* What is recorded is what is replayed, and nothing else whatever happens to
 * the file: OUT-5, NEW-1, REC-1, REC-2. */
#include "record/recording.h"

#include "base/clock.h"
#include "base/sys.h"
#include "record/frame.h"
#include "record/kind.h"
#include "record/replay.h"
#include "record/resume.h"
#include "tape.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BYTES_MAX 4096

/* What a replay says of each position. */
struct told {
	enum outcome outcome[TAPE_POSITIONS];
	uint32_t n; /* ends, of any position */
	int status; /* -1 = it was refused */
};

static void note(void *ctx, const struct event *ev)
{
	struct told *told = ctx;

	if (ev->kind != EVENT_TEST_FINISHED)
		return;
	told->outcome[ev->test.position] = ev->test.outcome;
	told->n++;
}

static struct told replay(int fd)
{
	struct told told = { .status = -1 };
	const struct sink sink = { .event = note, .ctx = &told };
	struct err err = { 0 };
	struct replay *r = replay_open(fd, &err);

	if (!r) {
		cr_assert_neq(err.text[0], '\0', "no reason is given");
		return told;
	}
	replay_events(r, &sink);
	told.status = replay_end(r, &sink);
	replay_close(r);
	return told;
}

Test(recording, a_replay_tells_what_the_run_told)
{
	struct str live = STR_INIT, replayed = STR_INIT;
	const struct sink to_live = { .event = tape_print, .ctx = &live };
	const struct sink sink = { .event = tape_print, .ctx = &replayed };
	struct tape t = { 0 }, again = { .fd = -1 };
	struct err err = { 0 };
	struct replay *r;

	tape_record(&t, true);
	tape_play(&again, &to_live, true);
	r = replay_open(t.fd, &err);
	cr_assert_not_null(r, "%s", err.text);
	replay_events(r, &sink);
	cr_expect_eq(replay_end(r, &sink), EXIT_FAILED);
	/* A test's number in the listing may differ, as its name does not. */
	cr_expect_str_eq(str_get(&replayed), str_get(&live));
	replay_close(r);
	str_fini(&live);
	str_fini(&replayed);
	tape_free(&t);
	tape_free(&again);
}

Test(recording, a_test_that_was_running_is_named_and_no_other)
{
	struct told told;
	struct tape t = { 0 };
	uint32_t p;

	tape_record(&t, false);
	told = replay(t.fd);
	cr_expect_eq(told.status, EXIT_UNTRUSTED);
	cr_expect_eq(told.n, TAPE_POSITIONS);
	cr_expect_eq(told.outcome[TAPE_RUNNING], OUTCOME_ERROR);
	cr_expect_eq(told.outcome[3], OUTCOME_PASS, "it ended in time");
	cr_expect_eq(told.outcome[TAPE_CRASHED], OUTCOME_CRASH);
	for (p = TAPE_RUNNING + 1; p < TAPE_POSITIONS; p++)
		cr_expect_eq(told.outcome[p], OUTCOME_NOTRUN);
	tape_free(&t);
}

/* Refused; or each test once, as it ended or as one that has no end. */
static void must_be_honest(const struct told *told, size_t where)
{
	uint32_t p;

	if (told->status < 0)
		return;
	cr_assert_eq(told->status, EXIT_UNTRUSTED, "byte %zu", where);
	cr_assert_eq(told->n, TAPE_POSITIONS, "byte %zu", where);
	for (p = 0; p < TAPE_POSITIONS; p++) {
		enum outcome is = told->outcome[p];
		enum outcome was = p == TAPE_CRASHED   ? OUTCOME_CRASH
				   : p == TAPE_SKIPPED ? OUTCOME_SKIP
						       : OUTCOME_PASS;

		cr_assert(is == was || is == OUTCOME_ERROR ||
				  is == OUTCOME_NOTRUN,
			  "position %u is %d, byte %zu", p, (int)is, where);
	}
}

static size_t read_tape(const struct tape *t, char *bytes)
{
	cr_assert_lt(t->size, BYTES_MAX);
	return (size_t)sys_pread_all(t->fd, bytes, t->size, 0);
}

Test(recording, a_file_that_is_cut_anywhere_tells_what_came_before)
{
	char bytes[BYTES_MAX];
	uint32_t n_used = 0;
	size_t len, size;
	struct tape t = { 0 };

	tape_record(&t, true);
	len = read_tape(&t, bytes);
	for (size = 0; size < len; size++) {
		int fd = sys_memfd("cut");
		struct told told;

		sys_write_all(fd, bytes, size);
		told = replay(fd);
		must_be_honest(&told, size);
		n_used += told.outcome[TAPE_CRASHED] == OUTCOME_CRASH;
		close(fd);
	}
	cr_expect_gt(n_used, len / 4, "%u of %zu", n_used, len);
	tape_free(&t);
}

Test(recording, no_flipped_bit_is_believed)
{
	char bytes[BYTES_MAX];
	uint32_t n_used = 0, n_after = 0;
	size_t len, at;
	struct tape t = { 0 };

	tape_record(&t, true);
	len = read_tape(&t, bytes);
	for (at = 0; at < len; at++) {
		char bad = (char)(bytes[at] ^ 1 << at % 8);
		struct told told;

		cr_assert_eq(pwrite(t.fd, &bad, 1, (off_t)at), 1);
		told = replay(t.fd);
		must_be_honest(&told, at);
		n_used += told.n > 0;
		/* Damage before, its record behind. */
		n_after += told.outcome[TAPE_CRASHED] == OUTCOME_ERROR &&
			   told.outcome[TAPE_POSITIONS - 1] == OUTCOME_PASS;
		cr_assert_eq(pwrite(t.fd, &bytes[at], 1, (off_t)at), 1);
	}
	cr_expect_gt(n_used, len / 4, "%u of %zu", n_used, len);
	cr_expect_gt(n_after, 50, "%u of %zu", n_after, len);
	tape_free(&t);
}

/* What a test prints may be a recording itself. */
Test(recording, a_frame_of_another_recording_is_not_taken)
{
	char bytes[BYTES_MAX];
	struct tape t = { 0 };
	struct told told;
	size_t len;
	int fd = sys_memfd("both");

	tape_record(&t, false);
	len = read_tape(&t, bytes);
	sys_write_all(fd, bytes, len);
	tape_free(&t);
	/* All of another run behind it, whose numbers would fit. */
	t.run_id = "7c51aa00";
	tape_record(&t, true);
	len = read_tape(&t, bytes);
	sys_write_all(fd, bytes, len);
	told = replay(fd);
	cr_expect_eq(told.outcome[TAPE_RUNNING + 1], OUTCOME_NOTRUN);
	cr_expect_eq(told.status, EXIT_UNTRUSTED);
	close(fd);
	tape_free(&t);
}

static void refuses_turns(uint32_t times, uint32_t number, uint32_t then)
{
	int fd = sys_memfd("turns");
	struct frame_writer w;
	struct err err = { 0 };

	cr_assert_eq(frame_create(&w, dup(fd), 1), 0);
	pack_uint(&w.pack, KIND_TIMES);
	pack_uint(&w.pack, times);
	pack_uint(&w.pack, 0);
	pack_uint(&w.pack, KIND_TURN);
	pack_uint(&w.pack, number);
	pack_uint(&w.pack, KIND_TIMES);
	pack_uint(&w.pack, then);
	pack_uint(&w.pack, 0);
	frame_flush(&w);
	frame_end(&w);
	cr_expect_null(replay_open(fd, &err));
	cr_expect_not_null(strstr(err.text, "is damaged"), "%s", err.text);
	close(fd);
}

/* A turn that is told is one of those that there are (RTY-3): who merges
 * believes it. */
Test(recording, a_turn_is_less_than_the_times)
{
	refuses_turns(10, 9, 2);
	refuses_turns(10, 10, 10);
	refuses_turns(0, 0, 0);
}

static void refuses_shard(uint32_t number, uint32_t total, uint32_t times,
			  bool with_share)
{
	int fd = sys_memfd("shard");
	struct frame_writer w;
	struct err err = { 0 };

	cr_assert_eq(frame_create(&w, dup(fd), 1), 0);
	pack_uint(&w.pack, KIND_SHARD);
	pack_uint(&w.pack, number);
	pack_uint(&w.pack, total);
	pack_uint(&w.pack, times);
	pack_uint(&w.pack, UINT64_MAX);
	pack_uint(&w.pack, 0);
	if (with_share) {
		pack_uint(&w.pack, KIND_SHARE);
		pack_uint(&w.pack, 0);
		pack_uint(&w.pack, 0);
		pack_uint(&w.pack, 1);
		pack_uint(&w.pack, 1);
	}
	frame_flush(&w);
	frame_end(&w);
	cr_expect_null(replay_open(fd, &err));
	cr_expect_not_null(strstr(err.text, with_share || number == 0 ||
						    number > total ||
						    times == 0
						    ? "is damaged"
						    : "ends before"),
			   "%u/%u: %s", number, total, err.text);
	close(fd);
}

/* SHARD-3: who merges believes what a shard says of the others. */
Test(recording, a_shard_is_one_of_them_and_has_tests_that_there_are)
{
	refuses_shard(1, 2, 1, false);
	refuses_shard(0, 2, 1, false);
	refuses_shard(3, 2, 1, false);
	refuses_shard(1, 2, 0, false);
	refuses_shard(1, 2, 1, true);
}

/* OUT-6 */
Test(recording, a_full_disk_is_told_at_the_end)
{
	struct recording *r = recording_open(open("/dev/full", O_WRONLY));
	struct sink sink = recording_sink(r);
	struct tape t = { .fd = -1 };
	struct err err = { 0 };

	tape_play(&t, &sink, true);
	cr_expect_eq(recording_close(r, &err), -ENOSPC);
	cr_expect_not_null(strstr(err.text, "could not write the recording"));
	tape_free(&t);
}

static void record_passes(int fd, const struct plan *plan,
			  const struct listing *listing)
{
	struct recording *r = recording_open(dup(fd));
	struct sink sink = recording_sink(r);
	struct event ev = { .kind = EVENT_RUN_STARTED, .now_ns = 1 };
	struct err err = { 0 };
	uint32_t p;

	ev.run = (struct event_run){ .listing = listing, .plan = plan,
				     .run_id = "", .backend = "",
				     .jobs_why = "", .plan_why = "",
				     .host = "", .jobs = 1 };
	sink_event(&sink, &ev);
	ev.kind = EVENT_TEST_FINISHED;
	for (p = 0; p < plan->n_positions; p++) {
		ev.test = (struct event_test){ .position = p,
					       .outcome = OUTCOME_PASS,
					       .start_ns = 100 * p,
					       .duration_ns = 60,
					       .exit_status = -1 };
		sink_event(&sink, &ev);
	}
	cr_expect_eq(recording_close(r, &err), 0);
}

/* The bytes of the same run when it says n times that one test runs. */
static off_t record_waiting(uint64_t n)
{
	struct tape t = { 0 };
	struct recording *r;
	struct running running = { .position = TAPE_RUNNING };
	struct event ev = { .kind = EVENT_PROGRESS,
			    .progress = { .running = &running,
					  .n_running = 1 } };
	struct sink sink;
	struct err err = { 0 };
	off_t size;
	uint64_t i;

	t.fd = sys_memfd("waiting");
	r = recording_open(dup(t.fd));
	sink = recording_sink(r);
	tape_play(&t, &sink, false);
	for (i = 0; i < n; i++) {
		ev.now_ns = UINT64_C(6000) * NS_PER_S + i * NS_PER_S;
		running.elapsed_ns = i * NS_PER_S;
		sink_event(&sink, &ev);
	}
	cr_expect_eq(recording_close(r, &err), 0);
	size = lseek(t.fd, 0, SEEK_END);
	tape_free(&t);
	return size;
}

/* Whatever was said before them: what is compared is what was said last. */
Test(recording, a_run_that_waits_for_one_test_does_not_grow)
{
	off_t once = record_waiting(1);

	cr_expect_gt(once, record_waiting(0));
	cr_expect_eq(record_waiting(100), once);
}

static off_t file_size(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 ? st.st_size : -1;
}

/* OUT-5: whatever kills the runner then. */
Test(recording, what_has_ended_is_in_the_file_100_ms_later)
{
	struct tape t = { .fd = sys_memfd("flushed") };
	struct recording *r = recording_open(dup(t.fd));
	struct sink sink = recording_sink(r);
	uint64_t now = UINT64_C(7000) * NS_PER_S;
	struct event quiet = { .kind = EVENT_PROGRESS, .now_ns = now };
	struct event ended = { .kind = EVENT_TEST_FINISHED };
	struct err err = { 0 };
	off_t before;

	tape_play(&t, &sink, false);
	sink_event(&sink, &quiet);
	before = file_size(t.fd);
	ended.now_ns = now + NS_PER_MS;
	ended.test = (struct event_test){ .position = TAPE_RUNNING,
					  .outcome = OUTCOME_PASS,
					  .start_ns = now,
					  .duration_ns = 60,
					  .exit_status = -1 };
	sink_event(&sink, &ended);
	cr_expect_eq(file_size(t.fd), before, "it is gathered");
	quiet.now_ns = now + 101 * NS_PER_MS;
	sink_event(&sink, &quiet);
	cr_expect_gt(file_size(t.fd), before, "and written");
	cr_expect_leq(sink.progress_ns, 100 * NS_PER_MS,
		      "and somebody comes by as often");
	cr_expect_eq(recording_close(r, &err), 0);
	tape_free(&t);
}

Test(recording, a_pass_costs_two_bytes)
{
	int fd = sys_memfd("many");
	struct listing listing;
	struct plan plan;

	listing_init(&listing);
	plan_init(&plan);
	listing_add_suite(&listing, "./a.so", "native");
	listing.suites[0].name = "a.so";
	listing_add_test(&listing, &(struct test){ .name = "a",
						   .file = "",
						   .count = 100000,
						   .indexed = true });
	plan_add(&plan, 0, 0, 100000);
	record_passes(fd, &plan, &listing);
	cr_expect_lt(lseek(fd, 0, SEEK_END), 202000);
	plan_fini(&plan);
	listing_fini(&listing);
	close(fd);
}

/* REC-1: what ended is left out, what was running is not. */
Test(resume, runs_what_has_not_ended)
{
	struct str names = STR_INIT;
	struct err err = { 0 };
	struct resumed sum;
	struct replay *old;
	struct tape t = { 0 };
	uint32_t p;

	tape_record(&t, false);
	old = replay_open(t.fd, &err);
	cr_assert_not_null(old, "%s", err.text);
	sum = resume_apply(old, &t.listing, &t.plan, 1);
	replay_close(old);
	cr_expect_eq(sum.n_ended, TAPE_RUNNING);
	cr_expect_eq(sum.n_failed, 1);
	for (p = 0; p < t.plan.n_positions; p++) {
		plan_print_name(&names, &t.plan, &t.listing, p);
		str_add(&names, " ");
	}
	cr_expect_str_eq(str_get(&names), "Scope::range[9] Scope::wide "
					  "Scope::x Scope::y ");
	str_fini(&names);
	tape_free(&t);
}

/* What is left of a recording in which the first n_ended positions of a plan
 * passed: names of tests, a blank behind each. */
static void expect_left(struct listing *listing, struct plan *plan,
			uint32_t n_ended, uint32_t n_times, const char *left)
{
	int fd = sys_memfd("resumed");
	struct recording *rec = recording_open(dup(fd));
	struct sink sink = recording_sink(rec);
	struct event ev = { .kind = EVENT_RUN_STARTED };
	struct str names = STR_INIT;
	struct err err = { 0 };
	struct replay *old;
	struct plan again;
	uint32_t n, p;

	ev.run = (struct event_run){ .listing = listing, .plan = plan,
				     .run_id = "", .backend = "",
				     .jobs_why = "", .plan_why = "",
				     .host = "", .jobs = 2 };
	sink_event(&sink, &ev);
	ev.kind = EVENT_TEST_FINISHED;
	for (p = 0; p < n_ended; p++) {
		ev.test = (struct event_test){ .position = p,
					       .outcome = OUTCOME_PASS,
					       .exit_status = -1 };
		sink_event(&sink, &ev);
	}
	recording_close(rec, &err);
	old = replay_open(fd, &err);
	cr_assert_not_null(old, "%s", err.text);
	plan_init(&again);
	for (p = 0; p < listing->n_tests; p++)
		plan_add(&again, p, 0, listing->tests[p].count);
	n = again.n_positions;
	cr_expect_eq(resume_apply(old, listing, &again, n_times).n_ended +
			     again.n_positions, n);
	for (p = 0; p < again.n_positions; p++) {
		plan_print_name(&names, &again, listing, p);
		str_add(&names, " ");
	}
	cr_expect_str_eq(str_get(&names), left);
	str_fini(&names);
	replay_close(old);
	plan_fini(&again);
	close(fd);
}

static const struct attrs in_db = {
	.serial = "db", .affinity = "", .lock = "", .after = "", .tags = "",
	.description = "",
};

static void add_tests(struct listing *listing, const char *chained)
{
	static const char *const names[] = { "a", "b", "c", "d" };
	size_t i;

	listing_init(listing);
	listing_add_suite(listing, "./a.so", "native");
	listing->suites[0].name = "a.so";
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		listing_add_test(listing, &(struct test){
			.name = names[i], .file = "", .count = 1,
			.attrs = strchr(chained, *names[i])
					 ? &in_db : &attrs_default });
}

/* A test that was to run in both slots and has in one, or is to run in more
 * slots now. */
Test(resume, a_test_that_has_not_ended_in_each_slot_runs_again)
{
	struct listing listing;
	struct plan plan;

	add_tests(&listing, "");
	plan_init(&plan);
	plan_add(&plan, 0, 0, 1);
	plan_add(&plan, 1, 0, 1);
	plan_add(&plan, 0, 0, 1);
	plan_add(&plan, 1, 0, 1);
	expect_left(&listing, &plan, 3, 1, "b c d ");
	expect_left(&listing, &plan, 4, 1, "c d ");
	expect_left(&listing, &plan, 3, 2, "b c d ");
	expect_left(&listing, &plan, 4, 2, "c d ");
	expect_left(&listing, &plan, 4, 3, "a b c d ");
	plan_fini(&plan);
	listing_fini(&listing);
}

/* CRASH-3: who is left leans on those before it. */
Test(resume, a_chain_of_which_something_is_left_runs_again)
{
	struct listing listing;
	struct plan plan;

	add_tests(&listing, "bd");
	plan_init(&plan);
	plan_add(&plan, 0, 0, 1);
	plan_add(&plan, 1, 0, 1);
	plan_add(&plan, 3, 0, 1);
	plan_add(&plan, 2, 0, 1);
	expect_left(&listing, &plan, 2, 1, "b c d ");
	expect_left(&listing, &plan, 3, 1, "c ");
	plan_fini(&plan);
	listing_fini(&listing);
}
