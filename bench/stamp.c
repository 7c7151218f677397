/* SPDX-License-Identifier: MIT */
/*
 * stamp.so, preloaded: notes when runner and loader speak to each other, as
 * "CLOCK_NS PID" per sent message, one line each, in the file BENCH_STAMPS.
 *
 * The runner and the loader say a message per step of a start:
 *
 *	runner: open a suite (one each)
 *	loader: so many tests it has
 *	loader: it is opened, its listing is written	<- end of the listing
 *	runner: here are catalog and arena
 *	runner: fork a worker (one each) ...
 *
 * Nothing is traced and nobody is stopped: what is seen is what happens.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

__attribute__((visibility("default")))
ssize_t sendmsg(int sock, const struct msghdr *hdr, int flags)
{
	const char *path = getenv("BENCH_STAMPS");
	struct timespec ts;
	int fd;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)
		  : -1;
	if (fd >= 0) {
		dprintf(fd, "%lld%09ld %d\n", (long long)ts.tv_sec, ts.tv_nsec,
			(int)getpid());
		close(fd);
	}
	return syscall(SYS_sendmsg, sock, hdr, flags);
}
