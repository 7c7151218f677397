/* SPDX-License-Identifier: MIT */
/* What src/ asks of the kernel and of libc, as far as the model goes there:
 * base/sys.h, base/mem.h, and the names in seam/rename.h. */
#include "tests/model/world.h"

#include "base/mem.h"
#include "base/sys.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>

#define HEAP_SIZE (1 << 20)
#define ARENA_SIZE (1 << 16)
static _Alignas(64) char heap[HEAP_SIZE];
static size_t heap_used;
static _Alignas(4096) char arena[ARENA_SIZE];
static uint64_t runner_now_ns;

void kernel_begin(void)
{
	memset(heap, 0, heap_used);
	heap_used = 0;
	runner_now_ns = WORLD_NOW_NS;
}

/* ---- memory ---------------------------------------------------------- */

void *mem_zalloc(size_t size)
{
	void *p = heap + heap_used;

	heap_used += (size + 63) / 64 * 64;
	if (heap_used > HEAP_SIZE)
		abort();
	return p;
}

void *mem_alloc(size_t size)
{
	return mem_zalloc(size);
}

char *mem_strdup(const char *text)
{
	return strcpy(mem_zalloc(strlen(text) + 1), text);
}

void *mem_array(size_t n, size_t size)
{
	return mem_zalloc(n * size);
}

/* The old one had less than that. */
void *mem_resize(void *old, size_t n, size_t size)
{
	void *p = mem_zalloc(n * size);

	if (old)
		memcpy(p, old, n * size / 2);
	return p;
}

void kernel_free(void *p);
void kernel_free(void *p)
{
	(void)p;
}

/* ---- time ------------------------------------------------------------ */

uint64_t kernel_now(void)
{
	return runner_now_ns;
}

void kernel_advance(uint64_t ns)
{
	runner_now_ns += ns;
}

int kernel_clock_gettime(clockid_t clock, struct timespec *ts);
/* Workers live in an instant: what a test takes is the runner's to judge. */
int kernel_clock_gettime(clockid_t clock, struct timespec *ts)
{
	bool runner = explore_self && strcmp(explore_self->name, "runner") == 0;
	uint64_t now = runner ? runner_now_ns : WORLD_NOW_NS;

	(void)clock;
	*ts = (struct timespec){ .tv_sec = (time_t)(now / 1000000000),
				 .tv_nsec = (long)(now % 1000000000) };
	return 0;
}

/* Up to 10 ms: MODERATION_NS and SWEEP_NS of run/run.c. */
enum rest kernel_rest(uint64_t timeout_ns)
{
	if (timeout_ns <= UINT64_C(10000000))
		return REST_SHORT;
	return timeout_ns < UINT64_C(3600000000000) ? REST_LONG : REST_EVER;
}

/* ---- futex ----------------------------------------------------------- */

int sys_futex_wait(const uint32_t *word, uint32_t expected,
		   uint64_t timeout_ns)
{
	if (!memory_wait(word, expected))
		return -EAGAIN;
	return explore_sleep(word, kernel_rest(timeout_ns)) ? 0 : -ETIMEDOUT;
}

int sys_futex_wake(const uint32_t *word, int n)
{
	memory_wake(word, n);
	return 0;
}

/* ---- files and processes --------------------------------------------- */

int sys_memfd(const char *name)
{
	(void)name;
	return 3;
}

int sys_seal(int fd, int seals)
{
	(void)fd;
	(void)seals;
	return 0;
}

int sys_allocate(int fd, uint64_t size)
{
	(void)fd;
	return size <= ARENA_SIZE ? 0 : -ENOMEM;
}

uint64_t sys_memory_available(void)
{
	return UINT64_MAX;
}

/* A fresh memory file is zero; workers map it again. */
void *sys_map(void *at, int fd, size_t size, bool writable, int *code)
{
	(void)at;
	(void)fd;
	(void)writable;
	*code = 0;
	if (!explore_self)
		memset(arena, 0, size);
	return arena;
}

int sys_punch(int fd, uint64_t from, uint64_t to)
{
	(void)fd;
	(void)from;
	(void)to;
	return 0;
}

/* A pidfd is a thread's number. */
int sys_pidfd_signal(int pidfd, int signo)
{
	if (signo == SIGKILL || signo == SIGTERM)
		explore_doom(explore_thread(pidfd));
	return 0;
}

int kernel_close(int fd);
int kernel_close(int fd)
{
	(void)fd;
	return 0;
}

int kernel_fflush(FILE *f);
int kernel_fflush(FILE *f)
{
	(void)f;
	return 0;
}

int kernel_fstat(int fd, struct stat *st);
int kernel_fstat(int fd, struct stat *st)
{
	(void)fd;
	(void)st;
	return -1;
}

off_t kernel_lseek(int fd, off_t offset, int whence);
off_t kernel_lseek(int fd, off_t offset, int whence)
{
	(void)fd;
	(void)whence;
	return offset;
}

int kernel_madvise(void *p, size_t size, int advice);
int kernel_madvise(void *p, size_t size, int advice)
{
	(void)p;
	(void)size;
	(void)advice;
	return 0;
}

ssize_t kernel_write(int fd, const void *bytes, size_t len);
long kernel_call(long nr, long a, long b, long c);
long kernel_call(long nr, long a, long b, long c)
{
	if (nr == SYS_write)
		return kernel_write((int)a, (const void *)b, (size_t)c);
	if (nr != SYS_madvise)
		explore_fail("a system call that the model does not know");
	return 0;
}

int kernel_munmap(void *p, size_t size);
int kernel_munmap(void *p, size_t size)
{
	(void)p;
	(void)size;
	return 0;
}

ssize_t sys_pread_all(int fd, void *bytes, size_t len, uint64_t offset)
{
	(void)fd;
	(void)offset;
	memset(bytes, 0, len);
	return (ssize_t)len;
}
