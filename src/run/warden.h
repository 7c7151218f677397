/* SPDX-License-Identifier: MIT */
/*
 * warden.h - a process that does nothing while the runner lives, and ends what
 * the run has left when the runner is killed (PROC-4).
 *
 * The loader does so, too, when its socket ends: it is the subreaper of all of
 * them.  But when both are killed at once, the workers die of it, and what
 * their tests have left behind becomes init's.  The warden finds it in the
 * control group (pen.h), and else by the run's identity in the environment
 * (VAR-2).
 */
#ifndef RUN_WARDEN_H
#define RUN_WARDEN_H

#include <sys/types.h>

struct warden {
	pid_t pid; /* 0 = there is none */
};

/* mark: the item of the environment that all of the run's processes have.
 * pen_parent may be NULL.  Where no process can be had there is no warden. */
void warden_open(struct warden *w, const char *mark, const char *pen_parent);
void warden_close(struct warden *w);

#endif
