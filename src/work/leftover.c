/* SPDX-License-Identifier: MIT */
#include "work/leftover.h"

#include "base/clock.h"
#include "base/compiler.h"
#include "base/raw.h"
#include "base/sys.h"

#include <errno.h>
#include <signal.h>
#if HAVE_SYS_SINGLE_THREADED_H
#include <sys/single_threaded.h>
#endif
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#define OWNED_CAP 64
#define CHILDREN_CAP 1024
#define CLEAN_NS NS_PER_S /* TIME-9 */

static worker_data struct {
	pid_t pids[OWNED_CAP];
	int n;
	int n_worker; /* the first so many are not of a scope */
	nlink_t links; /* of /proc/self/task; 0 = as one thread has */
} owned;

/* One system call says that there is nothing to do. */
static bool leftover_is_none(void)
{
	siginfo_t info;

	return raw_syscall(SYS_waitid, P_ALL, 0, (long)&info,
			   WEXITED | WNOHANG | WNOWAIT | __WALL, 0) == -ECHILD;
}

static bool leftover_is_owned(pid_t pid)
{
	int i;

	for (i = 0; i < owned.n; i++)
		if (owned.pids[i] == pid)
			return true;
	return false;
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
	leftover_clean();
}

/* Kills and reaps once; how many strangers are still there. */
static int leftover_sweep(bool *alive)
{
	pid_t pids[CHILDREN_CAP];
	int n = sys_children(pids, CHILDREN_CAP), i, left = 0;

	for (i = 0; i < n; i++) {
		if (leftover_is_owned(pids[i]) ||
		    waitpid(pids[i], NULL, WNOHANG | __WALL) == pids[i])
			continue; /* a fixture's, or a zombie: no leak */
		*alive = true;
		left++;
		kill(pids[i], SIGKILL);
	}
	return left;
}

bool leftover_clean(void)
{
	struct timespec nap = { .tv_nsec = 200000 };
	uint64_t deadline;
	bool alive = false;

	if (leftover_is_none())
		return false;
	deadline = clock_now_ns() + CLEAN_NS;
	while (leftover_sweep(&alive) > 0 && clock_now_ns() < deadline)
		nanosleep(&nap, NULL);
	return alive;
}

bool leftover_has_threads(void)
{
	/* A directory's links: itself, its name, and one per thread. */
	return !leftover_is_single() &&
	       leftover_links() > max_of(owned.links, (nlink_t)3);
}
