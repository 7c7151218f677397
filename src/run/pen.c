/* SPDX-License-Identifier: MIT */
#include "run/pen.h"

#include "base/clock.h"
#include "base/raw.h"
#include "base/sys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define CLOSE_NS NS_PER_S
#define NAP_NS NS_PER_MS
/* Groups of that name that runs which were killed have left. */
#define NAMES_MAX 16
/* A test may divide the pen further. */
#define DEPTH_MAX 8

/* As the kernel has them, of which libc's headers may not know yet. */
#ifndef SYS_clone3
#define SYS_clone3 435
#endif
#define PEN_CLONE_INTO_CGROUP UINT64_C(0x200000000)

struct pen_clone {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack,
		stack_size, tls, set_tid, set_tid_size, cgroup;
};

static bool pen_name(struct pen *p, const char *parent, pid_t runner, int n)
{
	return snprintf(p->dir, sizeof(p->dir), "%s/shmrun-%d-%d", parent,
			(int)runner, n) < (int)sizeof(p->dir);
}

static bool pen_make(struct pen *p, const char *parent)
{
	int n;

	for (n = 0; n < NAMES_MAX; n++) {
		if (!pen_name(p, parent, getpid(), n))
			return false;
		if (mkdir(p->dir, 0755) == 0)
			return true;
		if (errno != EEXIST)
			return false;
	}
	return false;
}

void pen_open(struct pen *p, const char *parent)
{
	p->fd = -1;
	p->dir[0] = '\0';
	if (!parent)
		return;
	if (!pen_make(p, parent)) {
		p->dir[0] = '\0';
		return;
	}
	p->fd = open(p->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* Since Linux 5.14. */
	if (p->fd < 0 || faccessat(p->fd, "cgroup.kill", W_OK, 0) < 0)
		pen_close(p);
}

bool pen_is_open(const struct pen *p)
{
	return p->dir[0] != '\0';
}

pid_t pen_fork(struct pen *p)
{
	struct pen_clone how = { .flags = PEN_CLONE_INTO_CGROUP,
				 .exit_signal = SIGCHLD };
	long pid;

	if (!pen_is_open(p))
		return fork();
	how.cgroup = (uint64_t)p->fd;
	pid = raw_syscall(SYS_clone3, (long)&how, sizeof(how), 0, 0, 0);
	if (pid >= 0)
		return (pid_t)pid;
	/* A filter of system calls, or a group that takes none. */
	pen_close(p);
	return fork();
}

static void pen_kill(const struct pen *p)
{
	int fd = openat(p->fd, "cgroup.kill", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	sys_write_all(fd, "1", 1);
	close(fd);
}

/* With the groups in it; false when somebody is there. */
/* NOLINTNEXTLINE(misc-no-recursion): as deep as DEPTH_MAX */
static bool pen_remove(const char *dir, int depth)
{
	char inner[PATH_MAX];
	struct dirent *entry;
	DIR *list;

	if (rmdir(dir) == 0 || errno == ENOENT)
		return true;
	list = depth < DEPTH_MAX ? opendir(dir) : NULL;
	while (list && (entry = readdir(list)))
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.' &&
		    snprintf(inner, sizeof(inner), "%s/%s", dir,
			     entry->d_name) < (int)sizeof(inner))
			pen_remove(inner, depth + 1);
	if (list)
		closedir(list);
	return rmdir(dir) == 0;
}

void pen_close(struct pen *p)
{
	uint64_t until_ns = clock_now_ns() + CLOSE_NS;
	struct timespec nap = clock_timespec(NAP_NS);

	if (!pen_is_open(p))
		return;
	pen_kill(p);
	/* Those that are only zombies do not count. */
	while (!pen_remove(p->dir, 0) && clock_now_ns() < until_ns)
		nanosleep(&nap, NULL);
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
	p->dir[0] = '\0';
}

void pen_close_all(const char *parent, pid_t runner)
{
	struct pen p = { .fd = -1 };
	int n;

	for (n = 0; n < NAMES_MAX; n++) {
		if (!pen_name(&p, parent, runner, n))
			return;
		p.fd = open(p.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (p.fd >= 0)
			pen_close(&p);
	}
}
