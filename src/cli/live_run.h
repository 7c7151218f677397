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
#include "cli/recordings.h"
#include "shm/view.h"

#include <sys/types.h>

/* What proc_pid_stat(5) says of a process. */
struct live_process {
	pid_t pid;	   /* 0 = there is none */
	char state;	   /* R, S, D, T, Z ... */
	uint64_t cpu_ns;   /* used, in user and kernel mode */
	uint64_t start_ns; /* CLOCK_BOOTTIME */
	uint64_t rss;	   /* bytes */
};

struct live_slot {
	struct live_process worker;
	int spool_fd; /* -1 = not found */
};

struct live_run {
	struct live_process runner;
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
