/* SPDX-License-Identifier: MIT */
/* SIG-2 to SIG-4, SHM-5, ACC-6, STOP-1 to STOP-5, CRASH-4, CRASH-6. */
#include "run/stop.h"

#include "base/sys.h"
#include "fake_run.h"
#include "run/collect.h"
#include "run/tick.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define N 8u

static struct fake_run f;
static struct fake_worker w;

static void open_run(void)
{
	fake_run_open(&f, N, 2);
	w = fake_worker_start(&f, 0, -1);
}

static void close_run(void)
{
	fake_run_close(&f);
}

TestSuite(stop, .init = open_run, .fini = close_run);

static bool is_stopped(void)
{
	return gate_is_stopped(f.run.arena.gate);
}

static enum phase phase(void)
{
	return current_load(&w.shared->current).phase;
}

/* ---- failures -------------------------------------------------------- */

Test(stop, for_failures_comes_at_the_limit_and_not_before)
{
	f.args.max_fail = 2;
	fake_worker_run(&w, 0, OUTCOME_FAIL);
	fake_worker_run(&w, 1, OUTCOME_SKIP);
	fake_worker_run(&w, 2, OUTCOME_PASS);
	collect_all(&f.run);
	cr_expect_not(f.run.stop.asked);
	cr_expect_not(is_stopped());
	fake_worker_run(&w, 3, OUTCOME_ERROR);
	collect_all(&f.run);
	cr_expect(f.run.stop.asked);
	cr_expect(f.run.closed);
	cr_expect(is_stopped(), "no test starts from now on");
	cr_expect_eq(f.run.stop.reason, NOTRUN_MAX_FAIL);
	cr_expect_eq(fake_run_count(&f, EVENT_RUN_CANCELLED), 1);
}

Test(stop, for_failures_never_comes_without_a_limit)
{
	uint32_t i;

	for (i = 0; i < N; i++)
		fake_worker_run(&w, i, OUTCOME_FAIL);
	collect_all(&f.run);
	cr_expect_not(f.run.stop.asked);
}

/* The others end in peace, and count. */
Test(stop, for_failures_lets_running_tests_end)
{
	f.args.max_fail = 1;
	fake_worker_run(&w, 0, OUTCOME_FAIL);
	fake_worker_begin(&w, 1);
	collect_all(&f.run);
	cr_expect_eq(phase(), PHASE_RUN);
	cr_expect_eq(f.run.slots[0].doom, DOOM_NONE);
	cr_expect(fake_worker_end(&w, 1, OUTCOME_FAIL));
	fake_worker_push(&w, fake_worker_record(&w, 1, OUTCOME_FAIL));
	collect_all(&f.run);
	cr_expect_eq(f.run.tally.count[OUTCOME_FAIL], 2);
	cr_expect_eq(fake_run_count(&f, EVENT_RUN_CANCELLED), 1, "said once");
}

/* SHM-5, N:immediate: who runs is ended, and has not failed. */
Test(stop, for_failures_may_end_running_tests)
{
	struct fake_worker v = fake_worker_start(&f, 1, -1);

	f.args.max_fail = 1;
	f.args.fail_now = true;
	fake_worker_begin(&v, 1);
	fake_worker_run(&w, 0, OUTCOME_FAIL);
	collect_all(&f.run);
	cr_expect_eq(f.run.slots[1].doom, DOOM_INTERRUPTED);
	cr_expect_not(fake_worker_end(&v, 1, OUTCOME_FAIL), "it is too late");
	fake_worker_gone(&v, FAKE_KILLED(SIGTERM));
	cr_expect_eq(fake_run_told(&f, 1)->test.outcome, OUTCOME_NOTRUN);
	cr_expect_eq(fake_run_told(&f, 1)->test.notrun, NOTRUN_MAX_FAIL);
	cr_expect_eq(tally_failed(&f.run.tally), 1);
}

/* ---- crashes --------------------------------------------------------- */

static void crash(uint32_t position)
{
	fake_worker_begin(&w, position);
	fake_worker_gone(&w, FAKE_KILLED(SIGSEGV));
	w = fake_worker_start(&f, 0, -1);
}

/* CRASH-4: R crashes do not stop it, one more does. */
Test(stop, for_a_crash_comes_behind_the_limit)
{
	f.args.stop_crashes = 3;
	crash(0);
	crash(1);
	cr_expect_not(f.run.stop.asked);
	crash(2);
	cr_expect(f.run.stop.asked);
	cr_expect_eq(f.run.stop.reason, NOTRUN_MAX_CRASHES);
	cr_expect(is_stopped());
	stop_tell_rest(&f.run);
	cr_expect_eq(f.run.tally.notrun[NOTRUN_MAX_CRASHES], N - 3);
	cr_expect_eq(tally_exit(&f.run.tally, &(const char *){ 0 }),
		     EXIT_FAILED);
}

Test(stop, for_a_crash_never_comes_without_a_limit)
{
	uint32_t p;

	for (p = 0; p < N; p++)
		crash(p);
	cr_expect_not(f.run.stop.asked);
}

/* A forked test takes no worker along, and counts. */
Test(stop, for_a_crash_comes_for_a_child_too)
{
	f.args.stop_crashes = 2;
	fake_worker_run(&w, 0, OUTCOME_CRASH);
	collect_all(&f.run);
	cr_expect_not(f.run.stop.asked);
	fake_worker_run(&w, 1, OUTCOME_CRASH);
	collect_all(&f.run);
	cr_expect(f.run.stop.asked);
}

/* ---- the deadline ---------------------------------------------------- */

#define DEADLINE_NS UINT64_C(4000000000)

/* STOP-5, TIME-10: it ends the running tests too. */
Test(stop, at_the_deadline_and_not_before)
{
	f.args.deadline_ns = DEADLINE_NS;
	fake_worker_begin(&w, 0);
	f.run.now_ns = f.run.started_ns + DEADLINE_NS - 1;
	stop_at_deadline(&f.run);
	cr_expect_not(f.run.stop.asked);
	f.run.now_ns++;
	stop_at_deadline(&f.run);
	cr_expect_eq(f.run.stop.reason, NOTRUN_DEADLINE);
	cr_expect_eq(f.run.slots[0].doom, DOOM_INTERRUPTED);
	fake_worker_gone(&w, FAKE_KILLED(SIGTERM));
	cr_expect_eq(fake_run_told(&f, 0)->test.notrun, NOTRUN_DEADLINE);
	stop_tell_rest(&f.run);
	cr_expect_eq(f.run.tally.notrun[NOTRUN_DEADLINE], N);
	cr_expect_eq(f.run.tally.signo, 0, "nobody sent a signal");
}

/* TIME-2: time in which the runner was stopped is nobody's. */
Test(stop, at_the_deadline_leaves_pauses_out)
{
	f.args.deadline_ns = DEADLINE_NS;
	f.run.paused_ns = 1000;
	f.run.now_ns = f.run.started_ns + DEADLINE_NS;
	stop_at_deadline(&f.run);
	cr_expect_not(f.run.stop.asked);
}

/* Tests that --max-fail lets finish do not outlive the deadline. */
Test(stop, at_the_deadline_ends_what_another_reason_spared)
{
	f.args.max_fail = 1;
	f.args.deadline_ns = DEADLINE_NS;
	fake_worker_run(&w, 0, OUTCOME_FAIL);
	fake_worker_begin(&w, 1);
	collect_all(&f.run);
	cr_expect_eq(f.run.slots[0].doom, DOOM_NONE);
	f.run.now_ns = f.run.started_ns + DEADLINE_NS;
	stop_at_deadline(&f.run);
	cr_expect_eq(f.run.slots[0].doom, DOOM_INTERRUPTED);
	cr_expect_eq(f.run.stop.reason, NOTRUN_MAX_FAIL, "what came first");
}

Test(stop, wakes_sleepers_so_that_they_leave)
{
	uint32_t key;

	fake_worker_park(&w);
	key = atom32_load_relaxed(&f.run.arena.gate->wake_seq);
	stop_close_gate(&f.run);
	cr_expect_neq(atom32_load_relaxed(&f.run.arena.gate->wake_seq), key);
	cr_expect(is_stopped());
}

/* ---- signals --------------------------------------------------------- */

/* SIG-2: the first asks; a test that runs is the runner's now (LF-13). */
Test(stop, for_a_signal_takes_the_running_test)
{
	fake_worker_begin(&w, 0);
	stop_for_signal(&f.run, SIGINT);
	cr_expect_eq(phase(), PHASE_KILL);
	cr_expect_eq(f.run.slots[0].doom, DOOM_INTERRUPTED);
	cr_expect_not(fake_worker_end(&w, 0, OUTCOME_PASS));
	cr_expect_eq(f.run.tally.signo, SIGINT);
	cr_expect_eq(f.run.stop.reason, NOTRUN_INTERRUPTED);
	cr_expect(is_stopped());
	fake_worker_gone(&w, FAKE_KILLED(SIGINT));
	cr_expect_eq(fake_run_told(&f, 0)->test.notrun, NOTRUN_INTERRUPTED);
}

/* A test that ended in time keeps its outcome. */
Test(stop, for_a_signal_leaves_a_test_that_has_ended)
{
	fake_worker_begin(&w, 0);
	fake_worker_end(&w, 0, OUTCOME_PASS);
	stop_for_signal(&f.run, SIGTERM);
	cr_expect_eq(f.run.slots[0].doom, DOOM_NONE);
	fake_worker_push(&w, fake_worker_record(&w, 0, OUTCOME_PASS));
	collect_all(&f.run);
	cr_expect_eq(fake_run_told(&f, 0)->test.outcome, OUTCOME_PASS);
}

Test(stop, for_a_signal_leaves_a_verdict_that_was_made)
{
	fake_worker_begin(&w, 0);
	current_try_end(&w.shared->current, current_load(&w.shared->current),
			PHASE_KILL, OUTCOME_NONE);
	f.run.slots[0].doom = DOOM_TIMEOUT;
	stop_for_signal(&f.run, SIGINT);
	fake_worker_gone(&w, FAKE_KILLED(SIGKILL));
	cr_expect_eq(fake_run_told(&f, 0)->test.outcome, OUTCOME_TIMEOUT);
}

/* A worker that had looked at the stop word just before, and entered the
 * body just after: its test is interrupted too (SIG-2). */
Test(stop, for_a_signal_reaches_a_test_that_was_just_starting)
{
	fake_worker_announce(&w, 0);
	fake_worker_claim(&w, 0);
	stop_for_signal(&f.run, SIGINT);
	fake_worker_enter(&w, 0);
	f.run.now_ns += 60000000;
	tick_run(&f.run);
	cr_expect_eq(f.run.slots[0].doom, DOOM_INTERRUPTED,
		     "else the run waits for it as long as it likes");
}

/* SIG-3: nobody is blamed for the runner's own SIGKILL. */
Test(stop, for_a_second_signal_blames_no_test)
{
	fake_worker_announce(&w, 0);
	fake_worker_claim(&w, 0);
	stop_for_signal(&f.run, SIGINT);
	fake_worker_enter(&w, 0);
	stop_for_signal(&f.run, SIGINT);
	fake_worker_gone(&w, FAKE_KILLED(SIGKILL));
	cr_expect_eq(fake_run_told(&f, 0)->test.outcome, OUTCOME_NOTRUN,
		     "it is %s",
		     outcome_name(fake_run_told(&f, 0)->test.outcome));
}

/* What came first stays. */
Test(stop, keeps_the_first_reason)
{
	f.args.max_fail = 1;
	fake_worker_run(&w, 0, OUTCOME_FAIL);
	collect_all(&f.run);
	stop_for_signal(&f.run, SIGINT);
	cr_expect_eq(f.run.stop.reason, NOTRUN_MAX_FAIL);
	cr_expect_eq(f.run.tally.signo, SIGINT, "to be raised again");
	cr_expect_eq(fake_run_count(&f, EVENT_RUN_CANCELLED), 1);
}

static pid_t spawn_child(void)
{
	pid_t pid = fork();

	if (pid == 0)
		fake_process();
	return pid;
}

static struct fake_worker start_with(pid_t pid, uint32_t slot)
{
	int pidfd = sys_pidfd_open(pid);
	struct fake_worker started = fake_worker_start(&f, slot, pidfd);

	close(pidfd);
	return started;
}

static int end_of(pid_t pid)
{
	int status = 0;

	cr_assert_eq(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/* SIG-2: running tests get the same signal. */
Test(stop, for_a_signal_passes_it_on)
{
	pid_t pid = spawn_child();
	struct fake_worker v = start_with(pid, 1);

	fake_worker_begin(&v, 0);
	stop_for_signal(&f.run, SIGTERM);
	cr_expect_eq(end_of(pid), SIGTERM);
}

/* SIG-3 */
/* Its SIGKILL is on the way when the body is entered. */
Test(stop, for_a_second_signal_blames_no_test_that_was_about_to_run)
{
	fake_worker_announce(&w, 0);
	fake_worker_claim(&w, 0);
	stop_for_signal(&f.run, SIGINT);
	stop_for_signal(&f.run, SIGINT);
	fake_worker_enter(&w, 0);
	fake_worker_gone(&w, FAKE_KILLED(SIGKILL));
	cr_expect_eq(fake_run_told(&f, 0)->test.outcome, OUTCOME_NOTRUN,
		     "it is %s",
		     outcome_name(fake_run_told(&f, 0)->test.outcome));
}

Test(stop, for_a_second_signal_kills_at_once)
{
	pid_t idle = spawn_child();

	start_with(idle, 1);
	stop_for_signal(&f.run, SIGINT);
	cr_expect_eq(waitpid(idle, NULL, WNOHANG), 0, "asked, not killed");
	stop_for_signal(&f.run, SIGINT);
	cr_expect_eq(end_of(idle), SIGKILL);
}

/* SIG-4 */
Test(stop, for_a_third_signal_ends_the_runner, .signal = SIGTERM)
{
	stop_for_signal(&f.run, SIGINT);
	stop_for_signal(&f.run, SIGINT);
	stop_for_signal(&f.run, SIGTERM);
}

/* ---- the rest -------------------------------------------------------- */

/* STATE-9: each exactly once, with the reason. */
Test(stop, tells_what_was_not_run)
{
	uint32_t p;

	fake_worker_run(&w, 2, OUTCOME_PASS);
	collect_all(&f.run);
	stop_for_signal(&f.run, SIGINT);
	stop_tell_rest(&f.run);
	stop_tell_rest(&f.run);
	for (p = 0; p < N; p++)
		cr_expect_eq(fake_run_told(&f, p)->test.notrun,
			     p == 2 ? NOTRUN_NONE : NOTRUN_INTERRUPTED);
	cr_expect_eq(f.run.tally.notrun[NOTRUN_INTERRUPTED], N - 1);
	cr_expect_eq(tally_done(&f.run.tally), N);
	cr_expect_eq(f.run.n_ended, N);
}

/* CRASH-6: nobody asked, and yet tests are missing: never a success. */
Test(stop, tells_what_no_worker_could_run)
{
	stop_tell_rest(&f.run);
	cr_expect_eq(f.run.tally.notrun[NOTRUN_NO_WORKER], N);
	cr_expect_eq(tally_exit(&f.run.tally, &(const char *){ 0 }),
		     EXIT_UNTRUSTED);
}
