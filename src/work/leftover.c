/* SPDX-License-Identifier: MIT */
#include "work/leftover.h"

#include "base/clock.h"
#include "base/compiler.h"
#include "base/fell.h"
#include "base/proc.h"
#include "base/raw.h"
#include "base/sys.h"
#include "model/event.h"
#include "work/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#if HAVE_SYS_SINGLE_THREADED_H
#include <sys/single_threaded.h>
#endif
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define OWNED_CAP 64
#define CHILDREN_CAP 1024
#define NAMED_CAP 6 /* processes of one test that are named */

/* One cleaning. */
struct sweep {
	pid_t named[NAMED_CAP];
	int n_named;
	bool more; /* than could be named */
	bool found;
	bool moving; /* the last look saw somebody who was not expected */
};

static worker_data struct {
	pid_t pids[OWNED_CAP];
	pid_t server; /* 0 = there is none */
	int children_fd;
	int n;
	int n_worker; /* the first so many are not of a scope */
	nlink_t links; /* of /proc/self/task; 0 = as one thread has */
	pid_t group; /* the last test child led it; 0 = there was none */
} owned;

/* Is the server the only child? */
static bool leftover_is_server(void)
{
	char text[64] = "", expected[16];
	long n = raw_syscall(SYS_pread64, owned.children_fd, (long)text,
			     sizeof(text) - 1, 0, 0);

	snprintf(expected, sizeof(expected), "%d ", (int)owned.server);
	return n > 0 && strcmp(text, expected) == 0;
}

/* One system call says that there is nothing to do. */
hot_path static bool leftover_is_none(void)
{
	siginfo_t info;

	if (owned.server)
		return leftover_is_server();
	return raw_syscall(SYS_waitid, P_ALL, 0, (long)&info,
			   WEXITED | WNOHANG | WNOWAIT | __WALL, 0) == -ECHILD;
}

static bool leftover_is_owned(pid_t pid)
{
	int i;

	for (i = 0; i < owned.n; i++)
		if (owned.pids[i] == pid)
			return true;
	return pid == owned.server;
}

/* libc knows whether there ever was a second thread, for nothing. */
#if HAVE_SYS_SINGLE_THREADED_H
#define leftover_is_single() (__libc_single_threaded != 0)
#else
#define leftover_is_single() false
#endif

static nlink_t leftover_links(void)
{
	struct stat st;

	return stat("/proc/self/task", &st) == 0 ? st.st_nlink : 0;
}

static void leftover_own(pid_t pid)
{
	if (!leftover_is_owned(pid) && owned.n < OWNED_CAP)
		owned.pids[owned.n++] = pid;
}

void leftover_accept(bool scope)
{
	pid_t pids[OWNED_CAP];
	int n = leftover_is_none() ? 0 : sys_children(pids, OWNED_CAP), i;

	for (i = 0; i < n; i++)
		leftover_own(pids[i]);
	if (!scope)
		owned.n_worker = owned.n;
	owned.links = leftover_is_single() ? 0 : leftover_links();
}

void leftover_leave_scope(void)
{
	if (owned.n == owned.n_worker)
		return;
	owned.n = owned.n_worker;
	leftover_clean(false);
}

/* The list of children stays open: with a server there always is one, and each
 * test looks. */
void leftover_set_server(pid_t pid)
{
	char path[64];

	if (owned.server)
		close(owned.children_fd);
	owned.server = pid;
	if (!pid)
		return;
	snprintf(path, sizeof(path), "/proc/self/task/%d/children",
		 (int)getpid());
	owned.children_fd = open(path, O_RDONLY | O_CLOEXEC);
}

void leftover_expect_group(pid_t leader)
{
	owned.group = leader;
}

/* ---- names ----------------------------------------------------------- */

/* Does it hold what this worker writes to? */
static bool leftover_holds_output(pid_t pid)
{
	struct stat ours, its;
	char path[40];
	int fd;

	if (fstat(STDOUT_FILENO, &ours) < 0)
		return false;
	for (fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)pid, fd);
		if (stat(path, &its) == 0 && its.st_dev == ours.st_dev &&
		    its.st_ino == ours.st_ino)
			return true;
	}
	return false;
}

/* Before it is killed: after that there is little to see. */
static void leftover_name(struct sweep *s, pid_t pid,
			  const struct proc_stat *stat)
{
	char title[PROC_TITLE_CAP], text[PROC_TITLE_CAP + 80];
	int i;

	for (i = 0; i < s->n_named; i++)
		if (s->named[i] == pid)
			return;
	if (s->n_named == NAMED_CAP) {
		s->more = true;
		return;
	}
	s->named[s->n_named++] = pid;
	proc_title(pid, stat, getpid(), title, sizeof(title));
	snprintf(text, sizeof(text), "left process %s behind%s; killed", title,
		 leftover_holds_output(pid) ? ", which held its output" : "");
	stage_note(NOTE_RUNNER, "", 0, text);
}

/* ---- killing --------------------------------------------------------- */

/* Not another one that got its number: a test may have made the kernel reap
 * its children by itself (PROC-5). */
static void leftover_kill(pid_t pid)
{
	int fd = sys_pidfd_open(pid);

	if (fd < 0) {
		kill(pid, SIGKILL);
		return;
	}
	if (sys_pidfd_is_child(fd))
		sys_pidfd_signal(fd, SIGKILL);
	close(fd);
}

/* With its group, which forks no faster than that: one that it leads, or that
 * the test child led.  It is in it, so nobody else can have that number
 * (PROC-5, PROC-6). */
static void leftover_kill_group(pid_t pid, const struct proc_stat *stat)
{
	if (stat->group > 1 && stat->group != getpgrp() &&
	    (stat->group == pid || stat->group == owned.group))
		kill(-stat->group, SIGKILL);
}

/* Of n children those that are alive and not a fixture's, in place. */
static int leftover_pick(struct sweep *s, pid_t *pids, int n)
{
	int i, left = 0;

	for (i = 0; i < n; i++) {
		if (leftover_is_owned(pids[i]))
			continue;
		s->moving = true;
		if (waitpid(pids[i], NULL, WNOHANG | __WALL) != pids[i])
			pids[left++] = pids[i]; /* a zombie is no leak */
	}
	return left;
}

/* Kills and reaps once; was there anything?  Only zombies may be the trace of
 * one that goes on by forking. */
static bool leftover_sweep(struct sweep *s, bool tell)
{
	pid_t pids[CHILDREN_CAP];
	struct proc_stat stat = { .name = "?" };
	int n, i;

	s->moving = false;
	n = leftover_pick(s, pids, sys_children(pids, CHILDREN_CAP));
	s->found |= n > 0;
	for (i = 0; tell && i < n; i++)
		if (proc_stat(pids[i], &stat))
			leftover_name(s, pids[i], &stat);
	for (i = 0; i < n; i++) {
		if (proc_stat(pids[i], &stat))
			leftover_kill_group(pids[i], &stat);
		leftover_kill(pids[i]);
	}
	return s->moving;
}

/* What stays after a second of SIGKILL is in the kernel's hands. */
static void leftover_name_stuck(void)
{
	pid_t pids[NAMED_CAP];
	int n = sys_children(pids, NAMED_CAP), i;

	for (i = 0; i < n; i++) {
		char title[PROC_TITLE_CAP], text[PROC_TITLE_CAP + 64];
		struct proc_stat stat;

		if (leftover_is_owned(pids[i]) || !proc_stat(pids[i], &stat))
			continue;
		proc_title(pids[i], &stat, getpid(), title, sizeof(title));
		snprintf(text, sizeof(text),
			 "process %s cannot be killed (state %c)", title,
			 stat.state);
		stage_note(NOTE_RUNNER, "", 0, text);
	}
}

static bool leftover_spares(void *ctx, pid_t pid)
{
	(void)ctx;
	return leftover_is_owned(pid);
}

hot_path struct leftovers leftover_clean(bool tell)
{
	struct fell fell = { .spares = leftover_spares, .nap_ns = 200000 };
	struct sweep s = { .n_named = 0 };
	struct leftovers l = { .found = false };

	if (leftover_is_none())
		return l;
	fell_begin(&fell, clock_now_ns());
	while (leftover_sweep(&s, tell) && !leftover_is_none() && !l.stuck)
		l.stuck = !fell_again(&fell);
	if (tell && s.more)
		stage_note(NOTE_RUNNER, "", 0,
			   "left more processes behind; killed");
	if (tell && l.stuck)
		leftover_name_stuck();
	l.found = s.found;
	return l;
}

hot_path bool leftover_has_threads(void)
{
	/* A directory's links: itself, its name, and one per thread. */
	return !leftover_is_single() &&
	       leftover_links() > max_of(owned.links, (nlink_t)3);
}

void leftover_name_threads(void)
{
	char name[PROC_NAME_CAP], text[PROC_NAME_CAP + 80];
	pid_t tids[NAMED_CAP];
	int n = owned.links > 3 ? 0 : proc_threads(getpid(), tids, NAMED_CAP);
	int i;

	/* Beside those of a fixture nobody can tell whose they are. */
	if (n == 0)
		stage_note(NOTE_RUNNER, "", 0, "left threads behind; its "
			   "worker is replaced");
	for (i = 0; i < n; i++) {
		proc_thread_name(getpid(), tids[i], name, sizeof(name));
		snprintf(text, sizeof(text), "left thread %d (%s) behind; its "
			 "worker is replaced", (int)tids[i], name);
		stage_note(NOTE_RUNNER, "", 0, text);
	}
}
