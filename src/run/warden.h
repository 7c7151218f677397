/* SPDX-License-Identifier: MIT */
/*
 * warden.h - a process that does nothing while the runner lives, and ends what
 * the run has left when the runner is killed (PROC-4).
 *
 * The loader does so, too, when its socket ends: it is the subreaper of all of
 * them.  But when both are killed at once, the workers die of it, and what
 * their tests have left behind becomes init's.  The warden finds it in the
 * control group (pen.h), and else by the run's identity in the environment
 * (VAR-2).  Then it removes their temporary folders (DEF-18).
 */
#ifndef RUN_WARDEN_H
#define RUN_WARDEN_H

#include <sys/types.h>

struct folders;

struct warden_args {
	const char *mark; /* the item of the environment that all of the run's
			   * processes have */
	const char *pen_parent; /* NULL = none */
	const struct folders *folders; /* temporary ones, to be removed; NULL =
					* none */
};

struct warden {
	pid_t pid; /* 0 = there is none */
};

/* Where no process can be had there is no warden. */
void warden_open(struct warden *w, const struct warden_args *args);
void warden_close(struct warden *w);

#endif
