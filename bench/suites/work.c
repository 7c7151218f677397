/* SPDX-License-Identifier: MIT */
/* work.c: BENCH_COUNT (1,000) tests of about 10 us of work each, the same work
 * however busy the machine is: 10,000 multiplications, each of the result of
 * the one before. */
#define _GNU_SOURCE
#include <stdlib.h>

#include <shmrun.h>

static uint64_t count(void)
{
	const char *text = getenv("BENCH_COUNT");

	return text ? strtoull(text, NULL, 10) : 1000;
}

SHMRUN_RANGE_FN(work, ten_us, count)
{
	uint64_t x = shmrun_index() | 1;
	int i;

	for (i = 0; i < 10000; i++) {
		x = x * x + 2;
		__asm__ volatile("" : "+r"(x));
	}
	shmrun_check_ne_uint(x, 0u);
}
