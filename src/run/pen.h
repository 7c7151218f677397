/* SPDX-License-Identifier: MIT */
/*
 * pen.h - the control group (cgroups(7), version 2) that the loader and all
 * below it live in, where the runner may make one.
 *
 * Who is in it gets out by no fork, no setsid and no change of parent, and
 * cgroup.kill ends all of them at once, a fork bomb too (PROC-3).  Where there
 * is none nothing is missing: descendants are found one by one, as ever.
 * Runner and warden only; does not fail.
 */
#ifndef RUN_PEN_H
#define RUN_PEN_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

struct pen {
	char dir[PATH_MAX]; /* "" = there is none */
	int fd;
};

/* Below that folder, a group that is ours to divide; NULL = there is none. */
void pen_open(struct pen *p, const char *parent);
bool pen_is_open(const struct pen *p);

/* fork(2), the child in the pen. */
pid_t pen_fork(struct pen *p);

/* SIGKILL for everyone in it, and it is removed, once the last one is gone:
 * after at most a second.  There is no other use after that: a fork into a pen
 * where cgroup.kill was used before is killed by some kernels (6.14 and later)
 * as if that had just happened. */
void pen_close(struct pen *p);

/* Every pen of a runner that was killed. */
void pen_close_all(const char *parent, pid_t runner);

#endif
