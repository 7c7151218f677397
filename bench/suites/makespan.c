/* SPDX-License-Identifier: MIT */
/*
 * makespan.c: tests that sleep: 376 of 5 ms, 20 of 100 ms, and declared last
 * four of 1.5 s, which is longer than all of it divided by eight workers.
 * BENCH_DIVIDE makes every test that many times shorter.
 */
#include <shmrun.h>
#include <stdlib.h>
#include <time.h>

static void nap(long ms)
{
	const char *divide = getenv("BENCH_DIVIDE");
	long ns = ms * 1000000 / (divide ? atol(divide) : 1);
	struct timespec ts = { .tv_sec = ns / 1000000000,
			       .tv_nsec = ns % 1000000000 };

	nanosleep(&ts, NULL);
}

SHMRUN_RANGE(sleep, short, 376) { nap(5); }
SHMRUN_RANGE(sleep, middle, 20) { nap(100); }
SHMRUN_RANGE(sleep, late, 4) { nap(1500); }
