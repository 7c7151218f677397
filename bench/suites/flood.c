/* SPDX-License-Identifier: MIT */
/*
 * flood.c: one test that prints BENCH_BYTES (1,000,000) bytes, "first line"
 * first and "last line" last, and fails, so that the report shows it.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <shmrun.h>

static const char first[] = "first line\n", last[] = "last line\n";

static void print(const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(STDOUT_FILENO, text, len);

		shmrun_require_gt_int(n, 0);
		text += n;
		len -= (size_t)n;
	}
}

static void print_middle(size_t left)
{
	static char block[65536];
	size_t i;

	memset(block, 'x', sizeof(block));
	for (i = 99; i < sizeof(block); i += 100)
		block[i] = '\n';
	for (; left > sizeof(block); left -= sizeof(block))
		print(block, sizeof(block));
	block[left - 1] = '\n';
	print(block, left);
}

SHMRUN_TEST(flood, prints)
{
	const char *text = getenv("BENCH_BYTES");
	size_t bytes = text ? strtoull(text, NULL, 10) : 1000000;

	print(first, sizeof(first) - 1);
	print_middle(bytes - sizeof(first) - sizeof(last) + 2);
	print(last, sizeof(last) - 1);
	shmrun_check_true(!"reached");
}
