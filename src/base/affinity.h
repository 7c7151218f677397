/* SPDX-License-Identifier: MIT */
/*
 * affinity.h - this thread stays on one processor for a while, and what it
 * forks meanwhile begins there: sched_setaffinity(2).
 */
#ifndef BASE_AFFINITY_H
#define BASE_AFFINITY_H

#include "base/compiler.h"
#include "base/raw.h"

#include <sched.h>
#include <stdbool.h>
#include <sys/syscall.h>

struct affinity {
	cpu_set_t allowed; /* where it may run when it is not held */
	long size;	   /* of that, in bytes; <= 0: it is not known */
};

/* False: it stays as it is, because it may run on one processor only, on more
 * than the set has room for, or the kernel does not say. */
static inline bool affinity_hold(struct affinity *a, int cpu)
{
	cpu_set_t one;

	a->size = raw_syscall(SYS_sched_getaffinity, 0, sizeof(a->allowed),
			      (long)&a->allowed, 0, 0);
	if (a->size <= 0 || cpu < 0 || cpu >= CPU_SETSIZE ||
	    CPU_COUNT_S((size_t)a->size, &a->allowed) < 2)
		return false;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	return raw_syscall(SYS_sched_setaffinity, 0, sizeof(one), (long)&one,
			   0, 0) == 0;
}

/* Also in a process that was forked meanwhile.  It cannot fail but where the
 * system took these processors away, and gave others. */
static inline void affinity_free(const struct affinity *a)
{
	raw_syscall(SYS_sched_setaffinity, 0, a->size, (long)&a->allowed, 0,
		    0);
}

#endif
