/* SPDX-License-Identifier: MIT */
#include "base/proc.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

Test(proc, a_line_gives_name_state_group_and_time)
{
	struct proc_stat s;
	long hz = sysconf(_SC_CLK_TCK);

	cr_assert(proc_parse_stat("7 (x y) D 3 5 6 0 -1 4194304 1 2 3 4 7 3 1 "
				  "2 20 0 9 0 12 5 2", &s));
	cr_assert_str_eq(s.name, "x y");
	cr_assert_eq(s.state, 'D');
	cr_assert_eq(s.parent, 3);
	cr_assert_eq(s.group, 5);
	cr_assert_eq(s.n_threads, 9u);
	cr_assert_eq(s.cpu_ns, 13u * (1000000000u / (unsigned long)hz));
	cr_assert_eq(s.start_ns, 12u * (1000000000u / (unsigned long)hz));
	cr_assert_eq(s.rss, 2u * (unsigned long)sysconf(_SC_PAGESIZE));
}

/* A test may call itself anything. */
Test(proc, a_name_with_brackets_and_escapes_is_one_name)
{
	struct proc_stat s;

	cr_assert(proc_parse_stat("7 (a) R 9 (\033b) S 3 5 6 0 -1 0 1 2 3 4 7 "
				  "3 1 2 20 0 1 0 0 0 0", &s));
	cr_assert_str_eq(s.name, "a) R 9 (?b");
	cr_assert_eq(s.state, 'S');
	cr_assert_eq(s.parent, 3);
}

Test(proc, what_is_no_line_is_refused)
{
	struct proc_stat s;

	cr_assert_not(proc_parse_stat("", &s));
	cr_assert_not(proc_parse_stat("7 (x", &s));
	cr_assert_not(proc_parse_stat(") 7 (", &s));
	cr_assert_not(proc_parse_stat("7 (x) S 1 2", &s));
}

static pid_t stopped_child(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		raise(SIGSTOP);
		_exit(0);
	}
	waitpid(pid, NULL, WUNTRACED);
	return pid;
}

Test(proc, a_stopped_child_is_seen_and_found)
{
	pid_t pid = stopped_child(), pids[8];
	struct proc_stat s;
	int n, i, seen = 0;

	cr_assert(proc_stat(pid, &s));
	cr_assert_eq(s.state, 'T');
	cr_assert_eq(s.parent, getpid());
	n = proc_children(getpid(), pids, 8);
	for (i = 0; i < n; i++)
		seen += pids[i] == pid;
	cr_assert_eq(seen, 1);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	cr_assert_not(proc_stat(pid, &s));
}

Test(proc, a_fork_has_its_name_and_a_program_its_command)
{
	char title[PROC_TITLE_CAP], wanted[PROC_TITLE_CAP];
	pid_t pid = stopped_child();
	struct proc_stat s;
	int fds[2], i;

	cr_assert(proc_stat(pid, &s));
	proc_title(pid, &s, getpid(), title, sizeof(title));
	snprintf(wanted, sizeof(wanted), "%d (%s)", (int)pid, s.name);
	cr_assert_str_eq(title, wanted);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);

	/* It ends with the exec, a moment before there is a command. */
	cr_assert_eq(pipe2(fds, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		execlp("sleep", "sleep", "1234", (char *)NULL);
		_exit(1);
	}
	close(fds[1]);
	cr_assert_eq(read(fds[0], title, 1), 0);
	snprintf(wanted, sizeof(wanted), "%d (sleep 1234)", (int)pid);
	for (i = 0; i < 5000; i++) {
		cr_assert(proc_stat(pid, &s));
		proc_title(pid, &s, getpid(), title, sizeof(title));
		if (strcmp(title, wanted) == 0)
			break;
		usleep(1000);
	}
	cr_assert_str_eq(title, wanted);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* A child that has come to sleep in a call. */
static bool sleeps_in(pid_t pid, char *text, size_t cap)
{
	struct proc_stat s;
	int i;

	for (i = 0; i < 5000; i++) {
		if (proc_stat(pid, &s) && s.state == 'S' &&
		    proc_call(pid, pid, text, cap))
			return true;
		usleep(1000);
	}
	return false;
}

Test(proc, what_a_child_waits_for_is_told)
{
	char text[PROC_CALL_CAP], wanted[32], stack[PROC_STACK_CAP];
	uint64_t cpu_ns, wait_ns;
	int fds[2];
	pid_t pid;

	cr_assert_eq(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		char c;

		_exit(read(fds[0], &c, 1) == 1);
	}
	if (sleeps_in(pid, text, sizeof(text))) {
		snprintf(wanted, sizeof(wanted), "read of descriptor %d (pipe:",
			 fds[0]);
		cr_expect_eq(strncmp(text, wanted, strlen(wanted)), 0, "%s",
			     text);
	}
	/* Only some may read it. */
	if (proc_kernel_stack(pid, stack, sizeof(stack)))
		cr_expect(strstr(stack, "pipe_read") != NULL, "%s", stack);
	if (proc_sched(pid, &cpu_ns, &wait_ns))
		cr_expect_gt(cpu_ns, 0u);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	cr_expect_not(proc_call(pid, pid, text, sizeof(text)));
	cr_expect_not(proc_sched(pid, &cpu_ns, &wait_ns));
}

static void *thread_wait(void *arg)
{
	pthread_mutex_lock(arg);
	return NULL;
}

Test(proc, a_second_thread_is_named)
{
	pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	char name[PROC_NAME_CAP];
	pthread_t thread;
	pid_t tids[8];
	int n, i, seen = 0;

	pthread_mutex_lock(&mutex);
	pthread_create(&thread, NULL, thread_wait, &mutex);
	pthread_setname_np(thread, "second");
	n = proc_threads(getpid(), tids, 8);
	for (i = 0; i < n; i++) {
		proc_thread_name(getpid(), tids[i], name, sizeof(name));
		seen += strcmp(name, "second") == 0;
		cr_expect_neq(tids[i], getpid());
	}
	cr_assert_eq(seen, 1);
	pthread_mutex_unlock(&mutex);
	pthread_join(thread, NULL);
}

/* No number is cut in two, which would be another process. */
Test(proc, all_of_very_many_children_are_told)
{
	enum { N = 800 };
	static pid_t made[N], told[N + 1];
	int i, n;

	for (i = 0; i < N; i++) {
		made[i] = fork();
		cr_assert_geq(made[i], 0);
		if (made[i] == 0)
			for (;;)
				pause();
	}
	n = proc_children(getpid(), told, N + 1);
	cr_expect_eq(n, N);
	for (i = 0; i < N; i++) {
		cr_expect_eq(told[i], made[i]);
		kill(made[i], SIGKILL);
	}
	for (i = 0; i < N; i++)
		waitpid(made[i], NULL, 0);
}

static void nothing(int signo)
{
	(void)signo;
}

Test(proc, a_handler_is_told)
{
	signal(SIGTRAP, SIG_DFL);
	cr_expect_not(proc_catches(getpid(), SIGTRAP));
	signal(SIGTRAP, SIG_IGN);
	cr_expect_not(proc_catches(getpid(), SIGTRAP));
	signal(SIGTRAP, nothing);
	cr_expect(proc_catches(getpid(), SIGTRAP));
	cr_expect_not(proc_catches(getpid(), SIGPROF));
	cr_expect_not(proc_catches(-1, SIGTRAP));
}
