/* SPDX-License-Identifier: MIT */
/* range.c: BENCH_COUNT (1,000) empty tests in one range. */
#define _GNU_SOURCE
#include <shmrun.h>

#include "first.h"

static uint64_t count(void)
{
	const char *text = getenv("BENCH_COUNT");

	return text ? strtoull(text, NULL, 10) : 1000;
}

SHMRUN_RANGE_FN(range, empty, count) { first_test(); }
