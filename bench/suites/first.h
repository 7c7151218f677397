/* SPDX-License-Identifier: MIT */
/*
 * first.h - when did the first test of a run start?
 *
 * first_test() in a body: the first call in each worker writes the monotonic
 * clock, in ns, as a line to the file BENCH_FIRST; all others are one branch.
 * The smallest of at most a line per worker is the answer.
 */
#ifndef FIRST_H
#define FIRST_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static inline void first_test(void)
{
	static bool seen;
	struct timespec ts;
	const char *path;
	int fd;

	if (seen)
		return;
	seen = true;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	path = getenv("BENCH_FIRST");
	fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)
		  : -1;
	if (fd < 0)
		return;
	dprintf(fd, "%lld%09ld\n", (long long)ts.tv_sec, ts.tv_nsec);
	close(fd);
}

#endif
