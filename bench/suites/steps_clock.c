/* SPDX-License-Identifier: MIT */
/*
 * steps_clock.c: to be preloaded beside steps.c: while instructions are
 * counted, which takes a thousand times as long as running them, time stands
 * still, so that no test seems to be a slow one.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <time.h>

#define STEP_NS 40

bool steps_stand_still;

int clock_gettime(clockid_t clock, struct timespec *ts)
{
	static int (*next)(clockid_t, struct timespec *);
	static struct timespec last;

	if (clock == CLOCK_MONOTONIC && steps_stand_still) {
		last.tv_nsec += STEP_NS;
		*ts = last;
		return 0;
	}
	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "clock_gettime");
	if (next(clock, ts) < 0)
		return -1;
	if (clock == CLOCK_MONOTONIC)
		last = *ts;
	return 0;
}
