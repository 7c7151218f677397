/* SPDX-License-Identifier: MIT */
#include "load/spawn.h"

#include "base/clock.h"
#include "base/fell.h"
#include "base/mem.h"
#include "base/raw.h"
#include "base/role.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILDREN_CAP 2048
#define CHILDREN_TEXT 512
#define NAP_NS NS_PER_MS

/* The C library's own block of a thread (its TID, which each fork writes, and
 * its restartable sequence, which the kernel does) follows the program's
 * thread-local data and is aligned as they are: from the begin of a page on it
 * is one page that a fork copies, and not two. */
static _Thread_local char spawn_aligned
	__attribute__((used, aligned(4096)));

hot_path no_return static void spawn_enter(const struct heritage *heritage,
				  const struct heritage_door *door,
				  pid_t loader)
{
	unsigned long none = 0; /* the kernel's own set: empty */

	/* The death signal is cleared by fork and races with the parent's
	 * death: set it, then look (PROC-4). */
	raw_syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (raw_syscall(SYS_getppid, 0, 0, 0, 0, 0) != loader)
		_exit(1);
	if (unlikely(heritage->flags & HERITAGE_DEBUGGED)) {
		signal(SIGINT, SIG_DFL);
		signal(SIGQUIT, SIG_DFL);
	} else {
		raw_syscall(SYS_setpgid, 0, 0, 0, 0, 0);
	}
	raw_syscall(SYS_rt_sigprocmask, SIG_SETMASK, (long)&none, 0,
		    sizeof(none), 0);
	role_current = ROLE_WORKER;
	door->enter(heritage);
	_exit(1);
}

void spawn_open(struct spawn *s, uint32_t n_slots)
{
	char path[64];

	s->n = n_slots;
	s->workers = n_slots <= SPAWN_FEW ? s->few
					  : mem_array(n_slots,
						      sizeof(*s->workers));
	snprintf(path, sizeof(path), "/proc/self/task/%d/children",
		 (int)getpid());
	s->children_fd = open(path, O_RDONLY | O_CLOEXEC);
}

hot_path pid_t spawn_fork(struct spawn *s, const struct heritage *heritage,
			  const struct heritage_door *door)
{
	pid_t loader = getpid(), pid;

	if (heritage->slot >= s->n)
		return -ERANGE;
	pid = heritage_fork(heritage->plain_fork);
	if (pid < 0)
		return -errno;
	if (pid == 0)
		spawn_enter(heritage, door, loader);
	s->workers[heritage->slot] = (struct spawned){
		.pid = pid,
		.slot = heritage->slot,
		.generation = heritage->generation,
	};
	return pid;
}

/* The kernel lists children as they were born, which is mostly the order of
 * slots: the search begins where the last one ended. */
static struct spawned *spawn_find(struct spawn *s, pid_t pid)
{
	uint32_t i;

	for (i = 0; i < s->n; i++) {
		if (++s->found >= s->n)
			s->found = 0;
		if (s->workers[s->found].pid == pid)
			return &s->workers[s->found];
	}
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

static bool spawn_is_stranger(struct spawn *s, pid_t pid)
{
	return pid && !spawn_find(s, pid) && !spawn_is_owned(s, pid);
}

static void spawn_kill_stranger(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, WNOHANG);
}

/* Kills children that are not workers: what a dead worker's tests left and
 * this subreaper adopted (PROC-3).  False when none was there; a list that
 * cannot be read is no such answer, and is not tried again.  It is read as it
 * comes, from a file that stays open: this is a part of the price of each
 * crash. */
static bool spawn_kill_strangers(struct spawn *s)
{
	char text[CHILDREN_TEXT] = "";
	bool any = false;
	off_t at = 0;
	pid_t pid = 0;
	long got, i;

	do {
		got = raw_syscall(SYS_pread64, s->children_fd, (long)text,
				  sizeof(text), at, 0);
		at += max_of(got, 0L);
		for (i = 0; i < got; i++) {
			if (text[i] >= '0' && text[i] <= '9') {
				pid = pid * 10 + (text[i] - '0');
				continue;
			}
			if (spawn_is_stranger(s, pid)) {
				any = true;
				spawn_kill_stranger(pid);
			}
			pid = 0;
		}
	/* Less than asked for is the end. */
	} while (got == (long)sizeof(text));
	if (got < 0)
		s->children_fd = -1;
	return any || got < 0;
}

static bool spawn_spares(void *s, pid_t pid)
{
	return !spawn_is_stranger(s, pid);
}

static void spawn_clean(struct spawn *s, pid_t worker)
{
	struct fell fell = { .spares = spawn_spares, .ctx = s,
			     .nap_ns = NAP_NS };

	if (s->children_fd >= 0 && !spawn_kill_strangers(s))
		return;
	/* All of its group at once: it exists as long as its leader is not
	 * reaped (PROC-5). */
	kill(-worker, SIGKILL);
	fell_begin(&fell, clock_now_ns());
	while (s->children_fd >= 0 && fell_again(&fell))
		if (!spawn_kill_strangers(s))
			return;
}

static int spawn_kill_children(void)
{
	pid_t pids[CHILDREN_CAP];
	int n = sys_children(pids, CHILDREN_CAP), i;

	for (i = 0; i < n; i++)
		spawn_kill_stranger(pids[i]);
	return n;
}

bool spawn_kill_all(void)
{
	struct fell fell = { .nap_ns = NAP_NS };

	fell_begin(&fell, clock_now_ns());
	while (spawn_kill_children() > 0)
		if (!fell_again(&fell))
			return false;
	return true;
}

/* As waitpid(2) has it. */
static int spawn_status(const siginfo_t *info)
{
	return info->si_code == CLD_EXITED ? (info->si_status & 0xff) << 8
					   : info->si_status;
}

bool spawn_find_dead(struct spawn *s, struct spawned *who, int *status,
		     struct rusage *used)
{
	siginfo_t info = { .si_pid = 0 };
	struct spawned *worker;

	if (raw_syscall(SYS_waitid, P_ALL, 0, (long)&info,
			WEXITED | WNOHANG | WNOWAIT, (long)used) < 0 ||
	    info.si_pid == 0)
		return false;
	worker = spawn_find(s, info.si_pid);
	if (!worker) {
		waitpid(info.si_pid, NULL, WNOHANG);
		*who = (struct spawned){ 0 };
		return true;
	}
	/* What it left was handed to this process before its end could be
	 * seen. */
	spawn_clean(s, info.si_pid);
	*status = spawn_status(&info);
	*who = *worker;
	return true;
}

void spawn_reap(struct spawn *s, const struct spawned *who)
{
	struct spawned *worker = spawn_find(s, who->pid);

	waitpid(who->pid, NULL, 0);
	if (worker)
		worker->pid = 0;
}
