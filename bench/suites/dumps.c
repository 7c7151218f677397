/* SPDX-License-Identifier: MIT */
/* dumps.c: BENCH_COUNT (1,000) tests that end by a signal whose default is a
 * core dump, and as many that fail in words. */
#include <shmrun.h>

#include <stdlib.h>

static uint64_t count(void)
{
	const char *text = getenv("BENCH_COUNT");

	return text ? strtoull(text, NULL, 10) : 1000;
}

SHMRUN_RANGE_FN(dumps, abort, count)
{
	abort();
}

SHMRUN_RANGE_FN(dumps, fail, count)
{
	shmrun_check_true(0);
}
