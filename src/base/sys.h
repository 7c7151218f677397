/* SPDX-License-Identifier: MIT */
/*
 * sys.h - what is asked of the kernel beyond plain libc, as functions that
 * return a value >= 0 or -errno, leave errno alone as far as callers care,
 * and print nothing.  A call the kernel does not have returns -ENOSYS.
 */
#ifndef BASE_SYS_H
#define BASE_SYS_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* memfd_create(2): close-on-exec, sealable. */
int sys_memfd(const char *name);
/* fcntl(2) F_ADD_SEALS: F_SEAL_* bits. */
int sys_seal(int fd, int seals);
/* Grows the file to size and allocates its pages now (fallocate(2)). */
int sys_allocate(int fd, uint64_t size);
/* Bytes that can be had now without swapping (MemAvailable of proc(5));
 * UINT64_MAX when it is not known. */
uint64_t sys_memory_available(void);
/* Gives [from, to) of a file back to the system; best effort on pages. */
int sys_punch(int fd, uint64_t from, uint64_t to);
/* mmap(2), shared, at that place if it is given and free; NULL on failure with
 * *code = -errno. */
void *sys_map(void *at, int fd, size_t size, bool writable, int *code);

/* The same with all its pages mapped at once. */
void *sys_map_now(int fd, size_t size, bool writable, int *code);
void sys_unmap(void *map, size_t size);

/* futex(2) on a word in shared memory.  Waits while *word == expected, at
 * most timeout_ns.  0 woken, or -EAGAIN, -ETIMEDOUT, -EINTR. */
int sys_futex_wait(const uint32_t *word, uint32_t expected,
		   uint64_t timeout_ns);
int sys_futex_wake(const uint32_t *word, int n); /* how many were woken */

int sys_pidfd_open(pid_t pid);
int sys_pidfd_signal(int pidfd, int signo);
/* The same with a value, as of sigqueue(3). */
int sys_pidfd_queue(int pidfd, int signo, int value);
/* Is it a child of this process that nobody has reaped?  True where the
 * kernel cannot say. */
bool sys_pidfd_is_child(int pidfd);
/* Closes first .. last: close_range(2), else a walk of /proc/self/fd. */
int sys_close_range(int first, int last);

/* SCM_RIGHTS over a SOCK_SEQPACKET socket: one message of len bytes with up
 * to SYS_MAX_FDS descriptors.  Receiving sets close-on-exec and returns the
 * length, 0 at the end of the stream. */
#define SYS_MAX_FDS 4
int sys_send(int sock, const void *msg, size_t len, const int *fds, int n_fds);
int sys_recv(int sock, void *msg, size_t cap, int *fds, int *n_fds);

/* Writes all of it; 0 or -errno. */
int sys_write_all(int fd, const void *bytes, size_t len);
/* Reads up to len bytes at offset; the count, short at the end of file. */
ssize_t sys_pread_all(int fd, void *bytes, size_t len, uint64_t offset);
/* The limit of core files that makes none (PROC-17). */
unsigned long sys_no_core(void);
/* Reads a whole small file as text, at most cap - 1 bytes; length. */
ssize_t sys_read_text(const char *path, char *text, size_t cap);

/* Every disposition to default, the mask empty, no alarm pending. */
void sys_reset_signals(void);

/* Direct children of this process, from /proc/self/task/TID/children (of the
 * main thread, or of all threads when it has none); at most cap; the count
 * or -errno. */
int sys_children(pid_t *pids, int cap);
/* The same in a process that has one thread. */
int sys_children_single(pid_t *pids, int cap);

#endif
