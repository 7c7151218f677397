/* SPDX-License-Identifier: MIT */
/*
 * raw.h - stands in for src/base/raw.h when the model is built: the few system
 * calls that the code under test makes itself go to kernel.c.
 */
#ifndef BASE_RAW_H
#define BASE_RAW_H

#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

long kernel_call(long nr, long a, long b, long c);
void *kernel_mmap(void *at, size_t size, int prot, int flags, int fd,
		  off_t offset);

static inline long raw_syscall(long nr, long a, long b, long c, long d, long e)
{
	(void)d;
	(void)e;
	return kernel_call(nr, a, b, c);
}

static inline void *raw_map(void *at, int fd, size_t size, int prot,
			    uint64_t offset, int *code)
{
	*code = 0;
	return kernel_mmap(at, size, prot, MAP_SHARED, fd, (off_t)offset);
}

#endif
