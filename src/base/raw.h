/* SPDX-License-Identifier: MIT */
/*
 * raw.h - system calls without libc around them: no errno, no wrapper.
 *
 * For the few calls that a process makes right after a fork.  There each page
 * that is touched costs a page fault, of libc's text and of the thread's own
 * data, where errno is.  Returns what the kernel does: -errno on failure.
 */
#ifndef BASE_RAW_H
#define BASE_RAW_H

#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
static inline long raw_syscall6(long nr, long a, long b, long c, long d, long e,
				long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8),
			   "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
}
#elif defined(__aarch64__)
static inline long raw_syscall6(long nr, long a, long b, long c, long d, long e,
				long f)
{
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;

	__asm__ volatile("svc 0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4),
			   "r"(x5)
			 : "memory");
	return x0;
}
#else
#include <errno.h>

static inline long raw_syscall6(long nr, long a, long b, long c, long d, long e,
				long f)
{
	long ret = syscall(nr, a, b, c, d, e, f);

	return ret < 0 ? -errno : ret;
}
#endif

static inline long raw_syscall(long nr, long a, long b, long c, long d, long e)
{
	return raw_syscall6(nr, a, b, c, d, e, 0);
}

/* mmap(2), shared, near `at` if that is free: the address, or NULL and
 * *code = -errno. */
static inline void *raw_map(void *at, int fd, size_t size, int prot,
			    uint64_t offset, int *code)
{
	long got = raw_syscall6(SYS_mmap, (long)at, (long)size, prot,
				MAP_SHARED, fd, (long)offset);

	*code = got < 0 && got > -4096 ? (int)got : 0;
	return *code ? NULL : (void *)got;
}

#endif
