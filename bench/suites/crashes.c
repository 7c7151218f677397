/* SPDX-License-Identifier: MIT */
/*
 * crashes.c: BENCH_COUNT (1,000) tests, of which every BENCH_EVERY-th (100)
 * dies of SIGSEGV; none does when that is 0.
 */
#include <stdlib.h>

#include <shmrun.h>

static int *volatile nowhere;
static uint64_t every;

static uint64_t number(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 10) : otherwise;
}

static uint64_t count(void)
{
	every = number("BENCH_EVERY", 100);
	return number("BENCH_COUNT", 1000);
}

SHMRUN_RANGE_FN(crashes, some, count)
{
	if (every && shmrun_index() % every == every / 2)
		*nowhere = 1;
}
