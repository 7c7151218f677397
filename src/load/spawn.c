/* SPDX-License-Identifier: MIT */
#include "load/spawn.h"

#include "base/clock.h"
#include "base/raw.h"
#include "base/role.h"
#include "base/sys.h"
#include "base/vec.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHILDREN_CAP 2048
#define CLEAN_NS NS_PER_S /* TIME-9 */

no_return static void spawn_enter(const struct heritage *heritage,
				  heritage_door door, pid_t loader)
{
	unsigned long none = 0; /* the kernel's own set: empty */

	/* The death signal is cleared by fork and races with the parent's
	 * death: set it, then look (PROC-4). */
	raw_syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (raw_syscall(SYS_getppid, 0, 0, 0, 0, 0) != loader)
		_exit(1);
	raw_syscall(SYS_setpgid, 0, 0, 0, 0, 0);
	raw_syscall(SYS_rt_sigprocmask, SIG_SETMASK, (long)&none, 0,
		    sizeof(none), 0);
	role_current = ROLE_WORKER;
	door(heritage);
	_exit(1);
}

static struct spawned *spawn_place(struct spawn *s)
{
	uint32_t i;

	for (i = 0; i < s->n; i++)
		if (s->workers[i].pid == 0)
			return &s->workers[i];
	vec_room(s->workers, s->n, s->cap);
	return &s->workers[s->n++];
}

hot_path pid_t spawn_fork(struct spawn *s, const struct heritage *heritage,
		 heritage_door door)
{
	pid_t loader = getpid(), pid;

	pid = heritage_fork(heritage->plain_fork);
	if (pid < 0)
		return -errno;
	if (pid == 0)
		spawn_enter(heritage, door, loader);
	setpgid(pid, pid);
	*spawn_place(s) = (struct spawned){ .pid = pid,
					    .slot = heritage->slot,
					    .generation = heritage->generation };
	return pid;
}

static struct spawned *spawn_find(struct spawn *s, pid_t pid)
{
	uint32_t i;

	for (i = 0; i < s->n; i++)
		if (s->workers[i].pid == pid)
			return &s->workers[i];
	return NULL;
}

void spawn_accept(struct spawn *s)
{
	s->n_owned = max_of(sys_children(s->owned, SPAWN_OWNED_MAX), 0);
}

static bool spawn_is_owned(const struct spawn *s, pid_t pid)
{
	int i;

	for (i = 0; i < s->n_owned; i++)
		if (s->owned[i] == pid)
			return true;
	return false;
}

static void spawn_nap(void)
{
	struct timespec nap = { .tv_nsec = 1000000 };

	nanosleep(&nap, NULL);
}

/* Kills children that are not workers: what a dead worker's tests left and
 * this subreaper adopted (PROC-3).  False when none was there. */
static bool spawn_kill_strangers(struct spawn *s)
{
	/* Not on the stack: each page of it that is written after a fork is a
	 * fault. */
	static pid_t pids[CHILDREN_CAP];
	int n = sys_children_single(pids, CHILDREN_CAP), i;
	bool any = false;

	for (i = 0; i < n; i++) {
		if (s && (spawn_find(s, pids[i]) || spawn_is_owned(s, pids[i])))
			continue;
		any = true;
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, WNOHANG);
	}
	return any;
}

static void spawn_clean(struct spawn *s)
{
	uint64_t deadline = clock_now_ns() + CLEAN_NS;

	while (spawn_kill_strangers(s) && clock_now_ns() < deadline)
		spawn_nap();
}

void spawn_kill_all(void)
{
	uint64_t deadline = clock_now_ns() + CLEAN_NS;

	while (spawn_kill_strangers(NULL) && clock_now_ns() < deadline)
		spawn_nap();
}

bool spawn_reap(struct spawn *s, struct spawned *who, int *status)
{
	siginfo_t info = { .si_pid = 0 };
	struct spawned *worker;

	if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ||
	    info.si_pid == 0)
		return false;
	worker = spawn_find(s, info.si_pid);
	if (!worker) {
		waitpid(info.si_pid, NULL, WNOHANG);
		*who = (struct spawned){ 0 };
		return true;
	}
	/* The group exists as long as its leader is not reaped (PROC-5). */
	kill(-info.si_pid, SIGKILL);
	waitpid(info.si_pid, status, 0);
	*who = *worker;
	worker->pid = 0;
	spawn_clean(s);
	return true;
}
