/* SPDX-License-Identifier: MIT */
/*
 * toll.c: 200,000 short tests of known outcome: of sixteen, number 5 fails,
 * number 11 skips, the others pass.  Each says in TORTURE_LOG that its body was
 * entered.  kills.sh knows all this.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <shmrun.h>

/* Twice, on a line of its own: a process that is killed in write(2) may have
 * written a part. */
static void say_entered(unsigned long long index)
{
	const char *path = getenv("TORTURE_LOG");
	int fd = path ? open(path, O_WRONLY | O_APPEND | O_CLOEXEC) : -1;
	char text[64];
	int len = snprintf(text, sizeof(text), "\n%llu %llu\n", index, index);

	shmrun_require_ge_int(fd, 0);
	shmrun_require_eq_int(write(fd, text, (size_t)len), len);
	close(fd);
}

SHMRUN_RANGE(toll, test, 200000)
{
	unsigned long long index = (unsigned long long)shmrun_index();

	say_entered(index);
	if (index % 16 == 5)
		shmrun_require_eq_int(1, 2);
	if (index % 16 == 11)
		shmrun_skip("as it should");
}
