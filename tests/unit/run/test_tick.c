/* SPDX-License-Identifier: MIT */
/* What is done by time: TIME-4 to TIME-7, LF-13, STATE-12, PROC-8. */
#include "run/feed.h"
#include "run/keeper.h"
#include "run/tick.h"

#include "base/clock.h"
#include "base/sys.h"
#include "fake_run.h"
#include "run/collect.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define N 8u
#define TICK (50 * NS_PER_MS)
#define HEAD_AND_TAIL (UINT64_C(320) << 10) /* kept of a flood */

static struct fake_run f;
static struct fake_worker w;

static void open_run(void)
{
	fake_run_open(&f, N, 2);
	f.args.timeout_ns = NS_PER_S;
	f.args.grace_ns = NS_PER_S / 2;
	f.run.started_ns = FAKE_NOW_NS;
	tick_open(&f.run);
	w = fake_worker_start(&f, 0, -1);
}

static void close_run(void)
{
	fake_run_close(&f);
}

TestSuite(tick, .init = open_run, .fini = close_run);

/* Time passes, with a tick at least every second. */
static void pass(uint64_t ns)
{
	uint64_t step;

	do {
		step = min_of(ns, NS_PER_S);
		f.run.now_ns += step;
		ns -= step;
		tick_run(&f.run);
	} while (ns > 0);
}

static enum crew_doom doom(void)
{
	return f.run.slots[0].doom;
}

/* ---- when ------------------------------------------------------------ */

Test(tick, is_due_after_its_interval)
{
	cr_expect_eq(tick_due(&f.run), TICK);
	f.run.now_ns += TICK / 2;
	cr_expect_eq(tick_due(&f.run), TICK / 2);
	f.run.now_ns += TICK;
	cr_expect_eq(tick_due(&f.run), 0);
	fake_worker_begin(&w, 0);
	tick_run(&f.run);
	cr_expect_eq(tick_due(&f.run), TICK);
}

/* The longer nothing has ended, the later; but what has been waited for is not
 * put off by the waiting. */
Test(tick, comes_when_it_was_due_however_calm_it_is_by_then)
{
	uint64_t due;

	f.run.now_ns += 400 * NS_PER_MS;
	fake_worker_begin(&w, 0);
	tick_run(&f.run);
	due = tick_due(&f.run);
	cr_expect_eq(due, 100 * NS_PER_MS);
	f.run.now_ns += due - NS_PER_MS;
	cr_expect_eq(tick_due(&f.run), NS_PER_MS);
	f.run.now_ns += NS_PER_MS;
	cr_expect_eq(tick_due(&f.run), 0);
}

/* An eighth of the shortest timeout, but not without end. */
Test(tick, comes_often_enough_for_the_shortest_timeout)
{
	f.listing.min_timeout = 0.08;
	tick_open(&f.run);
	cr_expect_eq(f.run.min_timeout_ns, 80 * NS_PER_MS);
	cr_expect_eq(tick_due(&f.run), 10 * NS_PER_MS);
	f.listing.min_timeout = 1e-9;
	tick_open(&f.run);
	cr_expect_eq(tick_due(&f.run), 2 * NS_PER_MS);
}

/* ---- timeout --------------------------------------------------------- */

Test(tick, lets_a_test_run_until_its_timeout)
{
	fake_worker_begin(&w, 0);
	pass(TICK);
	pass(NS_PER_S - TICK - 1);
	cr_expect_eq(doom(), DOOM_NONE);
	pass(1);
	cr_expect_eq(doom(), DOOM_TIMEOUT);
	cr_expect_eq(current_load(&w.shared->current).phase, PHASE_KILL);
	cr_expect_not(fake_worker_end(&w, 0, OUTCOME_PASS), "LF-13");
}

Test(tick, measures_from_the_start_that_the_worker_says)
{
	f.run.now_ns += TICK / 2;
	fake_worker_begin(&w, 0);
	f.run.now_ns += TICK / 2;
	tick_run(&f.run);
	pass(NS_PER_S - TICK / 2 - 1);
	cr_expect_eq(doom(), DOOM_NONE);
	pass(1);
	cr_expect_eq(doom(), DOOM_TIMEOUT);
}

/* LF-6: a scribbled start is at most a tick wrong, either way. */
Test(tick, does_not_believe_a_start_in_the_past)
{
	fake_worker_begin(&w, 0);
	atom64_store_relaxed(&w.shared->start_ns, 1);
	pass(TICK);
	cr_expect_eq(doom(), DOOM_NONE);
	pass(NS_PER_S - TICK);
	cr_expect_eq(doom(), DOOM_TIMEOUT);
}

Test(tick, does_not_believe_a_start_in_the_future)
{
	fake_worker_begin(&w, 0);
	atom64_store_relaxed(&w.shared->start_ns, UINT64_MAX);
	pass(TICK);
	atom64_store_relaxed(&w.shared->start_ns, UINT64_MAX);
	pass(NS_PER_S);
	cr_expect_eq(doom(), DOOM_TIMEOUT);
}

/* A thousand short tests are not one long one. */
Test(tick, starts_anew_for_each_test)
{
	uint32_t i;

	for (i = 0; i < 4; i++) {
		fake_worker_begin(&w, i);
		pass(NS_PER_S - 1);
		cr_expect_eq(doom(), DOOM_NONE, "test %u", i);
		cr_expect(fake_worker_end(&w, i, OUTCOME_PASS));
	}
}

/* The same position, run again: another announcement. */
Test(tick, starts_anew_for_another_run_of_the_same_test)
{
	fake_worker_begin(&w, 0);
	pass(NS_PER_S - 1);
	fake_worker_announce(&w, 0);
	fake_worker_enter(&w, 0);
	pass(NS_PER_S - 1);
	cr_expect_eq(doom(), DOOM_NONE);
}

Test(tick, knows_a_test_s_own_timeout)
{
	struct attrs attrs = attrs_default;

	attrs.timeout = f.listing.min_timeout = 0.2;
	f.listing.tests[0].attrs = &attrs;
	tick_open(&f.run);
	fake_worker_begin(&w, 0);
	pass(200 * NS_PER_MS - 1);
	cr_expect_eq(doom(), DOOM_NONE);
	pass(1);
	cr_expect_eq(doom(), DOOM_TIMEOUT);
}

Test(tick, without_a_timeout_waits_forever)
{
	f.args.timeout_ns = 0;
	tick_open(&f.run);
	fake_worker_begin(&w, 0);
	pass(1000 * NS_PER_S);
	cr_expect_eq(doom(), DOOM_NONE);
}

/* LF-6: a position that the plan does not have is not looked up. */
Test(tick, survives_a_scribbled_current)
{
	atom64_store_relaxed(&w.shared->current, UINT64_MAX);
	pass(TICK);
	atom64_store_relaxed(&w.shared->current,
			     current_pack((struct current_word){
				     .position = N, .phase = PHASE_RUN }));
	pass(TICK);
	cr_expect_eq(doom(), DOOM_NONE);
}

/* TIME-2: while the runner was stopped nobody's time went by. */
Test(tick, does_not_count_time_in_which_it_did_not_run)
{
	fake_worker_begin(&w, 0);
	pass(NS_PER_S / 2);
	f.run.now_ns += 100 * NS_PER_S;
	tick_run(&f.run);
	cr_expect_eq(doom(), DOOM_NONE);
	pass(NS_PER_S / 2 - 1);
	cr_expect_eq(doom(), DOOM_NONE);
	pass(1);
	cr_expect_eq(doom(), DOOM_TIMEOUT);
}

Test(tick, moves_all_deadlines_by_a_pause)
{
	fake_worker_begin(&w, 0);
	pass(NS_PER_S);
	cr_assert_eq(doom(), DOOM_TIMEOUT);
	f.run.slots[1].quiet_since_ns = f.run.now_ns;
	fake_worker_start(&f, 1, -1);
	f.run.now_ns += 100 * NS_PER_S;
	tick_run(&f.run);
	cr_expect_gt(f.run.slots[0].kill_at_ns, f.run.now_ns, "the grace too");
	cr_expect_eq(f.run.slots[1].doom, DOOM_NONE);
}

/* TIME-2, TIME-5 */
Test(tick, calls_no_test_slow_for_a_pause)
{
	f.args.timeout_ns = 0;
	f.args.slow_ns = 100 * NS_PER_MS;
	fake_worker_begin(&w, 0);
	pass(100 * NS_PER_MS);
	cr_assert_eq(fake_run_count(&f, EVENT_TEST_SLOW), 1);
	f.run.now_ns += 100 * NS_PER_S;
	tick_run(&f.run);
	cr_expect_eq(fake_run_count(&f, EVENT_TEST_SLOW), 1);
	pass(100 * NS_PER_MS);
	cr_expect_eq(fake_run_count(&f, EVENT_TEST_SLOW), 2);
}

/* ---- grace ----------------------------------------------------------- */

static pid_t spawn_deaf(void)
{
	int ready[2];
	pid_t pid;
	char c;

	cr_assert_eq(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		signal(SIGTERM, SIG_IGN);
		if (write(ready[1], "x", 1) == 1)
			fake_process();
		_exit(1);
	}
	cr_assert_eq(read(ready[0], &c, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

/* TIME-6, TIME-7: SIGTERM, and SIGKILL when the grace is over. */
Test(tick, kills_who_does_not_hear_at_the_end_of_the_grace)
{
	pid_t pid = spawn_deaf();
	int pidfd = sys_pidfd_open(pid), status;
	struct fake_worker v = fake_worker_start(&f, 1, pidfd);

	fake_worker_begin(&v, 0);
	pass(NS_PER_S);
	cr_expect_eq(f.run.slots[1].doom, DOOM_TIMEOUT);
	pass(f.args.grace_ns - 1);
	cr_expect_eq(waitpid(pid, &status, WNOHANG), 0, "deaf but alive");
	pass(1);
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	close(pidfd);
}

/* ---- slow ------------------------------------------------------------ */

/* TIME-5: repeats. */
Test(tick, tells_of_slow_tests_again_and_again)
{
	f.args.timeout_ns = 0;
	f.args.slow_ns = 100 * NS_PER_MS;
	fake_worker_begin(&w, 3);
	pass(99 * NS_PER_MS);
	cr_expect_eq(fake_run_count(&f, EVENT_TEST_SLOW), 0);
	pass(NS_PER_MS);
	cr_expect_eq(fake_run_count(&f, EVENT_TEST_SLOW), 1);
	cr_expect_eq(fake_run_last(&f, EVENT_TEST_SLOW)->slow.position, 3);
	cr_expect_eq(fake_run_last(&f, EVENT_TEST_SLOW)->slow.elapsed_ns,
		     100 * NS_PER_MS);
	pass(50 * NS_PER_MS);
	cr_expect_eq(fake_run_count(&f, EVENT_TEST_SLOW), 1);
	pass(50 * NS_PER_MS);
	cr_expect_eq(fake_run_count(&f, EVENT_TEST_SLOW), 2);
}

/* ---- workers that do nothing ----------------------------------------- */

/* Stuck where no test's timeout applies. */
Test(tick, condemns_a_worker_that_is_neither_in_a_test_nor_asleep)
{
	pass(NS_PER_S - 1);
	cr_expect_eq(doom(), DOOM_NONE);
	pass(1);
	cr_expect_eq(doom(), DOOM_CONDEMNED);
}

/* PROC-8: nothing else would end it. */
Test(tick, ends_a_teardown_that_hangs_although_there_is_no_timeout)
{
	f.args.timeout_ns = 0;
	current_store(&w.shared->current,
		      (struct current_word){ .phase = PHASE_TEARDOWN,
					     .seq = w.seq });
	pass(300 * NS_PER_S - 1);
	cr_expect_eq(doom(), DOOM_NONE);
	pass(1);
	cr_expect_eq(doom(), DOOM_LEAVING);
}

Test(tick, lets_a_sleeper_sleep)
{
	fake_worker_park(&w);
	pass(10 * NS_PER_S);
	cr_expect_eq(doom(), DOOM_NONE);
}

/* LF-6: a scribbled word beside what was true. */
Test(tick, does_not_believe_half_a_sleeper)
{
	atom32_store_relaxed(&w.shared->parked, UINT32_MAX);
	pass(10 * NS_PER_S);
	cr_expect_eq(doom(), DOOM_CONDEMNED);
}

Test(tick, counts_quiet_time_from_the_last_test)
{
	fake_worker_begin(&w, 0);
	pass(NS_PER_S / 2);
	fake_worker_end(&w, 0, OUTCOME_PASS);
	pass(NS_PER_S - 1);
	cr_expect_eq(doom(), DOOM_NONE);
	pass(1);
	cr_expect_eq(doom(), DOOM_CONDEMNED);
}

/* ---- damage ---------------------------------------------------------- */

/* LF-6: only the runner stops a run. */
Test(tick, mends_a_scribbled_stop_word)
{
	gate_raise(f.run.arena.gate, GATE_STOP);
	pass(TICK);
	cr_expect_not(gate_is_stopped(f.run.arena.gate));
	cr_expect(f.run.tally.untrusted);
	cr_expect_eq(fake_run_count(&f, EVENT_WARNING), 1);
}

/* STOP-1: the worker that records the last failure that is allowed. */
Test(tick, believes_a_stop_for_a_recorded_failure)
{
	f.args.max_fail = 1;
	fake_worker_run(&w, 0, OUTCOME_FAIL);
	gate_count_failure(f.run.arena.gate, 1);
	cr_expect(gate_is_stopped(f.run.arena.gate));
	pass(TICK);
	cr_expect(gate_is_stopped(f.run.arena.gate));
	cr_expect_not(f.run.tally.untrusted);
	cr_expect(f.run.stop.asked);
}

/* And no other. */
Test(tick, does_not_believe_a_stop_for_a_failure_that_nobody_recorded)
{
	f.args.max_fail = 1;
	gate_count_failure(f.run.arena.gate, 1);
	pass(TICK);
	cr_expect_not(gate_is_stopped(f.run.arena.gate));
	cr_expect(f.run.tally.untrusted);
}

Test(tick, mends_a_stop_word_that_was_taken_back)
{
	feed_raise(&f.run, GATE_STOP);
	pass(TICK);
	cr_expect_not(f.run.tally.untrusted, "as it should be");
	atom32_store_relaxed(&f.run.arena.gate->signs, 0);
	pass(TICK);
	cr_expect(gate_is_stopped(f.run.arena.gate));
	cr_expect(f.run.tally.untrusted);
}

/* Nobody would take what is there. */
Test(tick, mends_a_scribbled_limit)
{
	feed_hold(&f.run, keeper_limit(&f.run));
	pass(TICK);
	cr_expect_not(f.run.tally.untrusted, "as it should be");
	atom32_store_relaxed(&f.run.arena.gate->limit, 0);
	pass(TICK);
	cr_expect_eq(atom32_load_relaxed(&f.run.arena.gate->limit),
		     keeper_limit(&f.run));
	cr_expect(f.run.tally.untrusted);
}

/* A worker that waits for room on a scribbled head would wait forever. */
Test(tick, mends_a_scribbled_head_of_results)
{
	atom32_store_relaxed(&w.shared->results.head, 12345);
	pass(TICK);
	cr_expect_eq(atom32_load_relaxed(&w.shared->results.head),
		     f.run.slots[0].reader.head);
}

/* A wake-up that a death swallowed: somebody sleeps beside work. */
Test(tick, wakes_who_sleeps_beside_work)
{
	const struct atom32 *seq = &f.run.arena.gate->wake_seq;
	uint32_t key = atom32_load_relaxed(seq);

	deque_install(&f.run.arena.deques[1].deque, (struct range){ .hi = 4 });
	pass(TICK);
	cr_expect_eq(atom32_load_relaxed(seq), key, "nobody sleeps");
	fake_worker_park(&w);
	pass(TICK);
	cr_expect_neq(atom32_load_relaxed(seq), key);
	key = atom32_load_relaxed(seq);
	deque_install(&f.run.arena.deques[1].deque, (struct range){ 0 });
	pass(TICK);
	cr_expect_eq(atom32_load_relaxed(seq), key, "there is no work");
}

/* ---- spools ---------------------------------------------------------- */

static void flood(uint64_t bytes)
{
	size_t len = 1 << 20;
	char *block = calloc(1, len);

	for (; bytes >= len; bytes -= len)
		sys_write_all(f.run.slots[0].spool_fd, block, len);
	free(block);
}

/* Bytes that the spool still holds. */
static uint64_t spool_blocks(void)
{
	struct stat st;

	cr_assert_eq(fstat(f.run.slots[0].spool_fd, &st), 0);
	return (uint64_t)st.st_blocks * 512;
}

/* A test that prints without end does not eat all memory. */
Test(tick, gives_a_flood_of_output_back)
{
	fake_worker_begin(&w, 0);
	pass(TICK);
	flood(UINT64_C(16) << 20);
	pass(TICK);
	cr_expect_leq(tick_due(&f.run), 2 * NS_PER_MS, "looks more often");
	cr_expect_geq(f.run.slots[0].spool_punched, UINT64_C(12) << 20);
	pass(TICK);
	cr_expect_leq(tick_due(&f.run), 2 * NS_PER_MS,
		      "also after a look between two bursts");
}

/* What came before the test that floods is given back whole. */
Test(tick, gives_earlier_output_back_with_a_second_flood)
{
	uint64_t first;

	fake_worker_begin(&w, 0);
	pass(TICK);
	flood(UINT64_C(16) << 20);
	pass(TICK);
	first = f.run.slots[0].spool_punched;
	fake_worker_end(&w, 0, OUTCOME_PASS);
	collect_slot(&f.run, 0);
	fake_worker_begin(&w, 1);
	flood(UINT64_C(16) << 20);
	pass(TICK);
	cr_expect_gt(f.run.slots[0].spool_punched, first);
	cr_expect_leq(spool_blocks(), HEAD_AND_TAIL + SHM_PAGE);
}

Test(tick, leaves_a_little_output_alone)
{
	fake_worker_begin(&w, 0);
	pass(TICK);
	flood(UINT64_C(2) << 20);
	pass(TICK);
	cr_expect_gt(tick_due(&f.run), 2 * NS_PER_MS);
	cr_expect_eq(f.run.slots[0].spool_punched, 0);
}

/* ---- progress -------------------------------------------------------- */

Test(tick, tells_of_progress_as_often_as_the_sink_wants)
{
	f.sink.progress_ns = 200 * NS_PER_MS;
	fake_worker_begin(&w, 0);
	pass(TICK);
	cr_expect_eq(fake_run_count(&f, EVENT_PROGRESS), 0);
	pass(3 * TICK);
	cr_expect_eq(fake_run_count(&f, EVENT_PROGRESS), 1);
	cr_expect_eq(fake_run_last(&f, EVENT_PROGRESS)->n_running, 1);
	pass(TICK);
	cr_expect_eq(fake_run_count(&f, EVENT_PROGRESS), 1);
}

Test(tick, tells_of_no_progress_to_who_does_not_want_it)
{
	pass(TICK);
	cr_expect_eq(fake_run_count(&f, EVENT_PROGRESS), 0);
}

/* ---- shmrun_progress() ----------------------------------------------- */

/* The test says at that moment that it gets on. */
static void say_progress(uint64_t at_ns)
{
	struct timespec times[2] = { clock_timespec(at_ns),
				     { .tv_nsec = UTIME_OMIT } };

	cr_assert_eq(futimens(f.run.slots[0].notes_fd, times), 0);
}

Test(tick, a_test_that_gets_on_has_its_time_anew)
{
	fake_worker_begin(&w, 0);
	pass(TICK);
	pass(NS_PER_S / 2);
	say_progress(f.run.now_ns);
	pass(NS_PER_S / 2 + TICK);
	cr_expect_eq(doom(), DOOM_NONE);
	pass(NS_PER_S);
	cr_expect_eq(doom(), DOOM_TIMEOUT);
}

/* Of an earlier test, of a reader, or made up. */
Test(tick, progress_of_another_time_is_none)
{
	say_progress(f.run.now_ns - NS_PER_S);
	fake_worker_begin(&w, 0);
	pass(TICK);
	pass(NS_PER_S + TICK);
	cr_expect_eq(doom(), DOOM_TIMEOUT);
}

Test(tick, progress_in_the_future_is_none)
{
	fake_worker_begin(&w, 0);
	pass(TICK);
	say_progress(f.run.now_ns + 100 * NS_PER_S);
	pass(NS_PER_S + TICK);
	cr_expect_eq(doom(), DOOM_TIMEOUT);
}
