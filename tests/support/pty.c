/* SPDX-License-Identifier: MIT */
/*
 * pty LOG COMMAND...: runs it on a terminal of its own, of 24 rows and 80
 * columns.  What it writes goes to LOG; what is written to our stdin is typed.
 * On stdout a line for what happens, with the terminal's settings at that
 * moment:
 *
 *	pid 4711
 *	stopped icanon=1 echo=1
 *	ended 0 icanon=1 echo=1		a shell's status: 128 + n for signal n
 *	stormed				by SIGUSR2
 *
 * with " and more" behind it where another setting is not as it was at first.
 *
 * SIGUSR1 makes the terminal narrow, 40 columns; so does SIGUSR2, behind a storm
 * of other sizes, one each millisecond.
 */
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define STORM 500

static struct termios first;
static int storm; /* sizes to come */

static bool is_first_but_for(const struct termios *t, tcflag_t lflags)
{
	return t->c_iflag == first.c_iflag && t->c_oflag == first.c_oflag &&
	       t->c_cflag == first.c_cflag &&
	       (t->c_lflag | lflags) == (first.c_lflag | lflags) &&
	       memcmp(t->c_cc, first.c_cc, sizeof(t->c_cc)) == 0;
}

static void tell_settings(int master)
{
	struct termios t = { 0 };

	tcgetattr(master, &t);
	printf(" icanon=%d echo=%d%s\n", (t.c_lflag & ICANON) != 0,
	       (t.c_lflag & ECHO) != 0,
	       is_first_but_for(&t, ICANON | ECHO) ? "" : " and more");
	fflush(stdout);
}

static void copy(int from, int to)
{
	char bytes[4096];
	ssize_t n = read(from, bytes, sizeof(bytes));

	if (n > 0 && write(to, bytes, (size_t)n) != n)
		exit(99);
}

static void hear_child(int master, int log, pid_t pid)
{
	struct pollfd fd = { .fd = master, .events = POLLIN };
	int status;

	if (waitpid(pid, &status, WNOHANG | WUNTRACED) != pid)
		return;
	if (WIFSTOPPED(status)) {
		printf("stopped");
		tell_settings(master);
		return;
	}
	while (poll(&fd, 1, 0) > 0 && fd.revents & POLLIN)
		copy(master, log);
	printf("ended %d", WIFSIGNALED(status) ? 128 + WTERMSIG(status)
					       : WEXITSTATUS(status));
	tell_settings(master);
	exit(0);
}

static void be_narrow(int master)
{
	struct winsize narrow = { .ws_row = 24, .ws_col = 40 };

	ioctl(master, TIOCSWINSZ, &narrow);
}

/* From none at all to wide ones; primes, so that they come in all pairs. */
static void change_size(int master)
{
	struct winsize size = {
		.ws_row = (unsigned short)(storm * 7 % 61),
		.ws_col = (unsigned short)(storm * 31 % 211),
	};

	ioctl(master, TIOCSWINSZ, &size);
	if (--storm)
		return;
	be_narrow(master);
	printf("stormed\n");
	fflush(stdout);
}

static void hear_signal(int signals, int master, int log, pid_t pid)
{
	struct signalfd_siginfo info;

	if (read(signals, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGUSR1)
		be_narrow(master);
	else if (info.ssi_signo == SIGUSR2)
		storm = STORM;
	else
		hear_child(master, log, pid);
}

static void serve(int master, int log, pid_t pid, int signals)
{
	struct pollfd fds[] = { { .fd = master, .events = POLLIN },
				{ .fd = signals, .events = POLLIN },
				{ .fd = STDIN_FILENO, .events = POLLIN } };

	for (;;) {
		if (poll(fds, 3, storm ? 1 : -1) < 0)
			continue;
		if (storm)
			change_size(master);
		if (fds[0].revents & POLLIN)
			copy(master, log);
		else if (fds[0].revents)
			fds[0].fd = -1; /* all have closed it */
		if (fds[1].revents)
			hear_signal(signals, master, log, pid);
		if (fds[2].revents & POLLIN)
			copy(STDIN_FILENO, master);
		else if (fds[2].revents)
			fds[2].fd = -1;
	}
}

int main(int argc, char **argv)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	int log, master, go[2];
	sigset_t set, old;
	char byte = 0;
	pid_t pid;

	if (argc < 3)
		return 2;
	log = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, &old);
	if (pipe2(go, O_CLOEXEC) < 0)
		return 99;
	pid = forkpty(&master, NULL, NULL, &size);
	if (pid == 0) {
		/* Not before the first settings are known. */
		if (read(go[0], &byte, 1) != 1)
			_exit(99);
		sigprocmask(SIG_SETMASK, &old, NULL);
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (pid < 0 || log < 0 || tcgetattr(master, &first) < 0 ||
	    write(go[1], &byte, 1) != 1)
		return 99;
	printf("pid %d\n", (int)pid);
	fflush(stdout);
	serve(master, log, pid, signalfd(-1, &set, SFD_CLOEXEC));
	return 99;
}
