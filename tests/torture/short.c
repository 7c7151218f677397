/* SPDX-License-Identifier: MIT */
/*
 * short.c: 20,000 short tests.  Each says in TORTURE_LOG that its body was
 * entered, and by which generation of worker, with one write(2): what really
 * happened, whatever is reported.  The first takes long enough for the others'
 * workers to run out of work and park.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <shmrun.h>

SHMRUN_RANGE(short, test, 20000)
{
	const char *path = getenv("TORTURE_LOG");
	int fd = path ? open(path, O_WRONLY | O_APPEND | O_CLOEXEC) : -1;

	shmrun_require_ge_int(fd, 0);
	dprintf(fd, "%llu %u\n", (unsigned long long)shmrun_index(),
		shmrun_generation());
	close(fd);
	if (shmrun_index() == 0)
		usleep(50000);
}
