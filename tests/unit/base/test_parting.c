/* SPDX-License-Identifier: MIT */
/* SIG-12, OUT-8: on every way out but SIGKILL, and of the owner only. */
#include "base/parting.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int ends[2]; /* what was done: a letter each */

static void act(void *ctx)
{
	if (write(ends[1], ctx, 1) != 1)
		_exit(99);
}

/* nohup(1) and some languages' runtimes start what they start so. */
static void ignore_nothing(void)
{
	struct sigaction now;
	int signo;

	for (signo = 1; signo <= SIGRTMAX; signo++)
		if (sigaction(signo, NULL, &now) == 0 &&
		    now.sa_handler == SIG_IGN)
			signal(signo, SIG_DFL);
}

/* What a process does, and how it ended, that adds two acts and then: */
static int part(void (*then)(int n), int n, char text[8])
{
	int status = 0;
	ssize_t got;
	pid_t pid;

	cr_assert_eq(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		ignore_nothing();
		parting_add(act, "a");
		parting_add(act, "b");
		then(n);
		_exit(98);
	}
	waitpid(pid, &status, 0);
	close(ends[1]);
	got = read(ends[0], text, 7);
	text[got > 0 ? got : 0] = '\0';
	close(ends[0]);
	return status;
}

static void die_of(int signo)
{
	raise(signo);
}

static void leave(int status)
{
	exit(status);
}

static void drop(int status)
{
	parting_drop(act, "b");
	parting_act();
	_exit(status);
}

static void fork_and_die(int signo)
{
	pid_t pid = fork();

	if (pid == 0)
		raise(signo);
	waitpid(pid, NULL, 0);
	_exit(3);
}

Test(parting, is_done_for_every_signal_that_ends_the_process)
{
	static const int all[] = { SIGALRM, SIGVTALRM, SIGPROF, SIGXCPU,
				   SIGUSR1, SIGUSR2, SIGIO, SIGSYS, SIGTRAP,
				   SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGPIPE };
	char text[8];
	size_t i;
	int status;

	for (i = 0; i < sizeof(all) / sizeof(*all); i++) {
		status = part(die_of, all[i], text);
		cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == all[i],
			  "signal %d: status %x", all[i], status);
		cr_expect_str_eq(text, "ba", "signal %d", all[i]);
	}
	status = part(die_of, SIGRTMIN + 3, text);
	cr_expect(WIFSIGNALED(status));
	cr_expect_str_eq(text, "ba");
}

Test(parting, is_done_at_exit)
{
	char text[8];

	cr_expect_eq(part(leave, 7, text), 7 << 8);
	cr_expect_str_eq(text, "ba");
}

Test(parting, is_over_when_it_is_dropped)
{
	char text[8];

	part(drop, 0, text);
	cr_expect_str_eq(text, "a");
}

Test(parting, is_nothing_of_a_fork)
{
	char text[8];

	cr_expect_eq(part(fork_and_die, SIGTERM, text), 3 << 8);
	cr_expect_str_eq(text, "");
}
