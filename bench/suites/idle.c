/* SPDX-License-Identifier: MIT */
/*
 * idle.c: 63 tests that sleep 50 ms, so that there is work for 64 workers at
 * once, and one that sleeps BENCH_SLEEP (5) seconds while all others are idle.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <unistd.h>

#include <shmrun.h>

SHMRUN_TEST(idle, sleeps)
{
	const char *text = getenv("BENCH_SLEEP");
	unsigned left = text ? (unsigned)atoi(text) : 5;

	while (left > 0)
		left = sleep(left);
}

SHMRUN_RANGE(idle, briefly, 63) { usleep(50000); }
