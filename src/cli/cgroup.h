/* SPDX-License-Identifier: MIT */
/*
 * cgroup.h - what control groups grant this process: the CPU quota, the
 * room for processes and the memory, each the least over our group and every visible
 * ancestor; cgroup v1, v2 and both at once (cgroups(7), mountinfo in proc(5)).
 *
 * Reads files below `root` ("" = the real system, else a fixture) and
 * nothing else.  Their text is not trusted: what cannot be understood is no
 * limit.  Any role.  Where our groups are is read once from the real system:
 * a run asks six times, and the kernel writes its list of mounts anew for each.
 */
#ifndef CLI_CGROUP_H
#define CLI_CGROUP_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

struct cgroup_quota {
	uint64_t quota_us;
	uint64_t period_us; /* not 0 */
	char where[PATH_MAX]; /* the group's folder, as mounted */
};

/* False when there is no quota. */
bool cgroup_find_quota(const char *root, struct cgroup_quota *quota);

/* Where its group counts how often it was used up: a file that there need not
 * be.  False when there is no quota. */
bool cgroup_find_throttle(const char *root, char file[PATH_MAX]);

struct cgroup_room {
	uint64_t n_pids; /* processes that may still be started */
	char where[PATH_MAX];
};

/* False when their number is not limited. */
bool cgroup_find_room(const char *root, struct cgroup_room *room);

struct cgroup_memory {
	uint64_t bytes;
	char where[PATH_MAX];
};

/* False when it is not limited. */
bool cgroup_find_memory(const char *root, struct cgroup_memory *memory);
/* How much of it is left: files that are only cached make room. */
bool cgroup_find_free_memory(const char *root, struct cgroup_memory *memory);

/* Our group of the unified hierarchy, if we may divide it: it is writable, and
 * a container's or the user's own, or marked as delegated.  Else false, and
 * *why, unless that is NULL. */
bool cgroup_find_delegated(const char *root, char folder[PATH_MAX],
			   const char **why);

/* Where our group says how long it waited for memory (PSI, v2 only): a file
 * that there need not be.  False = there is no such group. */
bool cgroup_find_pressure(const char *root, char file[PATH_MAX]);

#endif
