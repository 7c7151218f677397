/* SPDX-License-Identifier: MIT */
/*
 * live_run.h - a run of this machine that goes on, found from outside by what
 * its processes hold open (proc_pid_fd(5)).
 *
 * Nothing is asked of the run: it is found when its runner hangs or is
 * stopped, too.  Only runs of the same user, or any for root.  Runner only.
 */
#ifndef CLI_LIVE_RUN_H
#define CLI_LIVE_RUN_H

#include "base/err.h"
#include "base/proc.h"
#include "cli/recordings.h"
#include "shm/view.h"

#include <sys/types.h>

struct live_slot {
	pid_t pid;		 /* of its worker; 0 = it has none */
	struct proc_stat worker; /* all zero without one */
	int spool_fd; /* -1 = not found */
};

struct live_run {
	pid_t pid; /* the runner's */
	struct proc_stat runner;
	struct view view;
	struct live_slot *slots;
	uint32_t n_slots;
	struct recorded recorded; /* replay NULL: nobody records it */
};

/* name: a runner's pid, the beginning of a run's id, or NULL for the run that
 * began last.  0, or -errno and a sentence; -ENOENT: there is none. */
int live_run_open(struct live_run *run, const char *name, struct err *err);
void live_run_close(struct live_run *run);

/* Looks at the processes again; false: the runner is gone. */
bool live_run_look(struct live_run *run);

#endif
