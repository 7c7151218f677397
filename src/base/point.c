/* SPDX-License-Identifier: MIT */
#include "base/point.h"

#if ENABLE_POINTS

#include "base/rng.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct lottery {
	pid_t pid; /* a fork begins its own */
	struct rng rng;
	unsigned kill, delay;
	char name[64];
};

/* From what stays the same when a run is repeated: a worker's slot and
 * generation. */
static uint64_t point_self(void)
{
	const char *slot = getenv("SHMRUN_SLOT");
	const char *generation = getenv("SHMRUN_GENERATION");

	if (!slot || !generation)
		return 0;
	return strtoull(slot + 1, NULL, 10) << 32 |
	       strtoull(generation, NULL, 10);
}

static void point_open(struct lottery *l)
{
	const char *text = getenv("SHMRUN_POINTS");
	unsigned long long seed = 0;

	*l = (struct lottery){ .pid = getpid() };
	if (text)
		sscanf(text, "%llu:%u:%u:%63s", &seed, &l->kill, &l->delay,
		       l->name);
	/* Stirred, or neighbours would draw almost the same. */
	l->rng.state = point_self();
	l->rng.state = seed ^ rng_next(&l->rng);
}

void point_hit(const char *name)
{
	static struct lottery lottery;
	struct timespec nap = { .tv_nsec = 200000 };

	if (lottery.pid != getpid())
		point_open(&lottery);
	if (lottery.name[0] && strcmp(lottery.name, name) != 0)
		return;
	if (lottery.kill && rng_below(&lottery.rng, lottery.kill) == 0)
		kill(getpid(), SIGKILL);
	if (lottery.delay && rng_below(&lottery.rng, lottery.delay) == 0)
		nanosleep(&nap, NULL);
}

#endif
