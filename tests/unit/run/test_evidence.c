/* SPDX-License-Identifier: MIT */
/* Who is to blame for a timeout: TIME-6, ACC-11, PROC-8. */
#include "run/evidence.h"

#include "base/clock.h"
#include "fake_run.h"
#include "run/tick.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void expect(struct evidence_facts facts, const char *wanted)
{
	struct str out = STR_INIT;

	evidence_add_verdict(&out, &facts);
	cr_expect_str_eq(str_get(&out), wanted);
	str_fini(&out);
}

Test(evidence, one_that_sleeps_has_hung)
{
	expect((struct evidence_facts){ .state = 'S',
					.window_ns = 4 * NS_PER_S,
					.cpu_ns = 10 * NS_PER_MS },
	       "hung: it waited; of the last 4.00s it ran for 0.01s");
}

Test(evidence, one_that_spins_has_hung)
{
	expect((struct evidence_facts){ .state = 'R',
					.window_ns = 4 * NS_PER_S,
					.cpu_ns = 3900 * NS_PER_MS },
	       "hung: it ran without an end; of the last 4.00s it ran for "
	       "3.90s");
	/* Half of the time on a machine that is shared is still its own. */
	expect((struct evidence_facts){ .state = 'R',
					.window_ns = 4 * NS_PER_S,
					.cpu_ns = 2200 * NS_PER_MS,
					.wait_ns = 1700 * NS_PER_MS },
	       "hung: it ran without an end; of the last 4.00s it ran for "
	       "2.20s and waited for a processor for 1.70s");
}

Test(evidence, one_that_gets_no_processor_is_starved)
{
	expect((struct evidence_facts){ .state = 'R',
					.window_ns = 4 * NS_PER_S,
					.cpu_ns = 400 * NS_PER_MS,
					.wait_ns = 3500 * NS_PER_MS },
	       "starved: it wanted to run and got no processor; of the last "
	       "4.00s it ran for 0.40s and waited for a processor for 3.50s");
}

Test(evidence, a_quota_that_was_used_up_is_told)
{
	expect((struct evidence_facts){ .state = 'R',
					.window_ns = 4 * NS_PER_S,
					.cpu_ns = 400 * NS_PER_MS,
					.wait_ns = 3500 * NS_PER_MS,
					.n_periods = 40,
					.n_throttled = 39 },
	       "starved: it wanted to run and got no processor; of the last "
	       "4.00s it ran for 0.40s and waited for a processor for 3.50s; "
	       "the quota of its control group was used up in 39 of 40 "
	       "periods");
}

Test(evidence, one_that_is_stopped_is_not_said_to_hang)
{
	expect((struct evidence_facts){ .state = 'T',
					.window_ns = 4 * NS_PER_S },
	       "was stopped (by SIGSTOP, SIGTSTP, SIGTTIN or SIGTTOU); of the "
	       "last 4.00s it ran for 0.00s");
	expect((struct evidence_facts){ .state = 't' },
	       "was stopped by a debugger");
}

Test(evidence, nothing_is_made_up_where_nobody_looked)
{
	expect((struct evidence_facts){ .state = 'S' }, "hung: it waited");
	expect((struct evidence_facts){ .state = 'D' },
	       "hung: it is stuck in the kernel");
}

/* The whole way: a worker that is a real process, its time, its report. */
Test(evidence, a_timeout_tells_what_its_process_did)
{
	static struct fake_run f;
	struct fake_worker w;
	const struct heard *told;
	pid_t pid;

	fake_run_open(&f, 4, 1);
	f.args.timeout_ns = NS_PER_S;
	f.run.started_ns = FAKE_NOW_NS;
	tick_open(&f.run);
	pid = fork();
	if (pid == 0) {
		raise(SIGSTOP);
		_exit(0);
	}
	waitpid(pid, NULL, WUNTRACED);
	w = fake_worker_start(&f, 0, -1);
	f.run.slots[0].pid = pid;
	fake_worker_begin(&w, 0);
	tick_run(&f.run);
	f.run.now_ns += NS_PER_S / 2;
	tick_run(&f.run);
	cr_expect(f.run.slots[0].marked);
	f.run.now_ns += NS_PER_S;
	tick_run(&f.run);
	cr_assert_eq(f.run.slots[0].doom, DOOM_TIMEOUT);
	fake_worker_gone(&w, FAKE_KILLED(SIGTERM));
	told = fake_run_told(&f, 0);
	cr_assert_eq(told->test.outcome, OUTCOME_TIMEOUT);
	cr_expect(strstr(told->text, "was stopped (by SIGSTOP") != NULL, "%s",
		  told->text);
	cr_expect(strstr(told->text, "state T") != NULL, "%s", told->text);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	fake_run_close(&f);
}

/* A worker, and in it so many forks, the last of which uses a tenth of a second
 * of a processor, but not before it may: then it says so. */
struct line {
	int go[2], done[2];
	pid_t worker;
};

no_return static void line_spin(const struct line *l)
{
	struct timespec used = { 0 };

	while (used.tv_sec == 0 && used.tv_nsec < 100 * 1000 * 1000)
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	cr_assert_eq(write(l->done[1], "x", 1), 1);
	for (;;)
		pause();
}

no_return static void line_forks(const struct line *l, int depth)
{
	char c;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* The worker, or a server: it sets up, until it may go on. */
	if (depth > 0 && read(l->go[0], &c, 1) == 1 && fork() == 0) {
		setpgid(0, 0);
		line_forks(l, depth - 1);
	}
	if (depth == 0)
		line_spin(l);
	for (;;)
		pause();
}

static void line_open(struct line *l, int depth)
{
	cr_assert_eq(pipe(l->go), 0);
	cr_assert_eq(pipe(l->done), 0);
	l->worker = fork();
	if (l->worker == 0)
		line_forks(l, depth);
}

static void line_close(const struct line *l)
{
	kill(l->worker, SIGKILL);
	waitpid(l->worker, NULL, 0);
}

/* What was counted first, the worker, is not the test, which comes later:
 * behind a set-up, or as a child of a server. */
static void expect_counted(bool serves)
{
	static struct fake_run f;
	int depth = serves ? 2 : 1, i;
	uint64_t ns = 0;
	struct line l;
	char c;

	fake_run_open(&f, 4, 1);
	f.args.isolate = ISOLATE_FORK;
	f.listing.suites[0].serves = serves;
	line_open(&l, depth);
	f.run.slots[0].pid = l.worker;
	/* All of them are younger than the test. */
	f.run.slots[0].seen_since_ns = f.run.now_ns;
	f.run.now_ns += 60 * NS_PER_S;
	evidence_clock(&f.run, 0);
	cr_expect_eq(f.run.slots[0].clocked_pid, l.worker);
	for (i = 0; i < depth; i++)
		cr_assert_eq(write(l.go[1], "x", 1), 1);
	cr_assert_eq(read(l.done[0], &c, 1), 1);
	cr_expect(evidence_cpu(&f.run, 0, &ns));
	cr_expect_geq(ns, 80 * NS_PER_MS);
	line_close(&l);
	fake_run_close(&f);
}

Test(evidence, the_time_of_a_test_counts_behind_a_slow_set_up)
{
	expect_counted(false);
}

Test(evidence, the_time_of_a_test_counts_behind_a_server)
{
	expect_counted(true);
}
