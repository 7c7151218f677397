/* SPDX-License-Identifier: MIT */
/*
 * uring-works - does this kernel let this process use io_uring?  Exit 0, or 1
 * with the reason on stdout.  It asks the kernel directly, without liburing
 * and without our own probe, so that a fault in either fails tests rather
 * than skips them.
 */
#include <errno.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	struct io_uring_params params = { 0 };
	long fd;

	if (!HAVE_LIBURING) {
		puts("built without io_uring");
		return 1;
	}
	fd = syscall(SYS_io_uring_setup, 4, &params);
	if (fd < 0) {
		printf("io_uring is refused: %s\n", strerror(errno));
		return 1;
	}
	if (!(params.features & IORING_FEAT_EXT_ARG)) {
		puts("io_uring is older than Linux 5.11");
		return 1;
	}
	close((int)fd);
	return 0;
}
