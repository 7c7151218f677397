/* SPDX-License-Identifier: MIT */
/*
 * memory.h - how much memory tests may have: what the machine has left, or
 * what a control group allows, whichever is less (JOBS-4).
 *
 * Reads files below `root`, as cgroup.h does.  Runner only.
 */
#ifndef CLI_MEMORY_H
#define CLI_MEMORY_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

struct memory_room {
	uint64_t bytes;
	char where[PATH_MAX]; /* a group's folder; "" = of the machine */
};

/* False when nobody says. */
bool memory_find_room(const char *root, struct memory_room *room);

/* Who says how long somebody had to wait for memory: our control group, else
 * the machine. */
struct memory_pressure {
	char file[PATH_MAX];
};

bool memory_find_pressure(const char *root, struct memory_pressure *pressure);
/* Since ever, in microseconds; false = it cannot be read now. */
bool memory_read_stalled(const struct memory_pressure *pressure, uint64_t *us);

#endif
