/* SPDX-License-Identifier: MIT */
/*
 * jobs.h - how many workers, and why: the rule of -j.
 *
 *   -j N, N%, -N, logical, cores   else SHMRUN_JOBS   else make's jobserver
 *   else min(affinity, cgroup quota rounded up, launcher's share)
 *
 * Any of them is clamped by --jobs-max, by the room for processes (one that is
 * computed leaves more of it to others), by the runner's descriptors and by
 * the number of tests; one that is computed also by the memory that the tests
 * had in earlier runs.  What the rule looks at is an argument, so that it can
 * be tested.
 * Runner only; talking to the jobserver is jobserver.h.
 */
#ifndef CLI_JOBS_H
#define CLI_JOBS_H

#include "base/err.h"
#include "base/str.h"
#include "cli/memory.h"
#include "cli/options.h"
#include "sched/memory.h"

#include <stdbool.h>
#include <stdint.h>

/* Descriptors that the runner needs per worker, and for all else. */
#define JOBS_FDS_PER_WORKER 3
#define JOBS_FDS_RUNNER 64

#define JOBS_WHY_CAP 768

/* Where the rule looks. */
struct jobs_host {
	const char *root; /* in front of /proc and /sys: "" but in tests */
	char *(*get_env)(const char *name); /* as getenv(3) */
	uint32_t (*count_cores)(const char *root); /* of these processors */
	uint32_t n_cpus; /* in this process's affinity mask */
	uint32_t n_online; /* of the machine; more than n_cpus = bound */
	uint64_t max_procs; /* soft RLIMIT_NPROC; UINT64_MAX = none, or root */
	uint64_t max_fds; /* soft RLIMIT_NOFILE */
};

/* The real one.  Call jobs_raise_nofile() before. */
void jobs_init_host(struct jobs_host *host);

/* Raises the soft limit of descriptors to the hard one.  Returns the old soft
 * limit, which the tests are to get back (VAR-1). */
uint64_t jobs_raise_nofile(void);

/* "auto", "4", "50%", "-2", "logical", "cores"; spec->max stays.  0, -EINVAL,
 * or -ERANGE (not 1 .. JOBS_MAX). */
int jobs_parse_spec(const char *text, struct jobs_spec *spec);

struct jobs {
	uint32_t n; /* 1 .. JOBS_MAX */
	uint32_t n_cpus; /* processors that are ours to use */
	bool computed; /* nobody named a number: the jobserver may lower it */
	char why[JOBS_WHY_CAP]; /* "3 workers: affinity 64, cgroup quota ..." */
};

/* Before any suite is looked at.  0, or -EINVAL when SHMRUN_JOBS decides and
 * is wrong (exit 2). */
int jobs_choose(struct jobs *jobs, const struct jobs_spec *spec,
		const struct jobs_host *host, struct err *err);

/* Now it is known: never more workers than tests (SHM-10). */
void jobs_use_tests(struct jobs *jobs, uint64_t n_tests);

/* One worker, for that reason. */
void jobs_use_one(struct jobs *jobs, const char *reason);

/* Exactly as many as were chosen, for that reason. */
void jobs_use_all(struct jobs *jobs, const char *reason);

/* Threads that a test may use: processors for each worker (JOBS-6). */
uint32_t jobs_threads(const struct jobs *jobs);

/* The tests as large as before: never more workers than so many of the largest
 * ones fit into memory, if nobody named a number (JOBS-4).  Else, of a number
 * that is too large, a sentence. */
void jobs_use_memory(struct jobs *jobs, const struct memory_room *room,
		     const struct memory_fit *fit, struct str *sentence);

/* Memory of a control group is so little for so many workers that the kernel
 * may kill one of them: says so in a sentence (JOBS-4).  The number stays. */
bool jobs_is_tight(const struct jobs *jobs, const char *root,
		   struct str *sentence);

/* The jobserver gave n_tokens: one worker each, and the one that is free; the
 * others are started as it gives more, where that is possible. */
void jobs_use_tokens(struct jobs *jobs, uint32_t n_tokens, bool more_may_come);

#endif
