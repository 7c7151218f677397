/* SPDX-License-Identifier: MIT */
/* proc_call.c - what a thread waits for: the system calls that block, by name,
 * and the descriptor, if it is one. */
#include "base/compiler.h"
#include "base/proc.h"
#include "base/sys.h"

#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

struct call {
	long number;
	const char *name;
	bool has_fd; /* its first argument is a descriptor */
};

#define CALL(name_) { SYS_##name_, #name_, false }
#define CALL_FD(name_) { SYS_##name_, #name_, true }

static const struct call calls[] = {
	CALL_FD(read), CALL_FD(write), CALL_FD(readv), CALL_FD(writev),
	CALL_FD(pread64), CALL_FD(pwrite64), CALL_FD(ioctl), CALL_FD(fcntl),
	CALL_FD(flock), CALL_FD(fsync), CALL_FD(fdatasync), CALL_FD(connect),
	CALL_FD(accept4), CALL_FD(recvfrom), CALL_FD(recvmsg),
	CALL_FD(sendto), CALL_FD(sendmsg), CALL_FD(epoll_pwait),
	CALL_FD(io_uring_enter), CALL(openat), CALL(futex), CALL(nanosleep),
	CALL(clock_nanosleep), CALL(wait4), CALL(waitid), CALL(ppoll),
	CALL(pselect6), CALL(rt_sigsuspend), CALL(rt_sigtimedwait),
	CALL(restart_syscall), CALL(kill), CALL(tgkill),
	CALL(msgrcv), CALL(msgsnd), CALL(semop),
	CALL(semtimedop), CALL(mq_timedreceive), CALL(mq_timedsend),
#ifdef SYS_poll
	CALL(poll), CALL(select), CALL(pause), CALL_FD(accept), CALL(open),
	CALL_FD(epoll_wait),
#endif
};

static const struct call *proc_find_call(long number)
{
	size_t i;

	for (i = 0; i < array_size(calls); i++)
		if (calls[i].number == number)
			return &calls[i];
	return NULL;
}

/* Where a descriptor leads to; what a test has named is made plain. */
static void proc_add_descriptor(pid_t pid, unsigned long fd, char *out,
				size_t cap)
{
	char path[64], target[96];
	ssize_t len, i;

	snprintf(path, sizeof(path), "/proc/%d/fd/%lu", (int)pid, fd);
	len = readlink(path, target, sizeof(target) - 1);
	for (i = 0; i < len; i++)
		if (target[i] < ' ' || target[i] > '~')
			target[i] = '?';
	target[max_of(len, (ssize_t)0)] = '\0';
	snprintf(out, cap, " of descriptor %lu%s%s%s", fd,
		 len > 0 ? " (" : "", target, len > 0 ? ")" : "");
}

bool proc_call(pid_t pid, pid_t tid, char *out, size_t cap)
{
	const struct call *call;
	unsigned long first = 0;
	char path[64], text[256];
	size_t len;
	long number;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/syscall", (int)pid,
		 (int)tid);
	/* "running" is no number. */
	if (sys_read_text(path, text, sizeof(text)) <= 0 ||
	    sscanf(text, "%ld %lx", &number, &first) < 1 || number < 0)
		return false;
	call = proc_find_call(number);
	if (!call) {
		snprintf(out, cap, "system call %ld", number);
		return true;
	}
	len = (size_t)snprintf(out, cap, "%s", call->name);
	if (call->has_fd && len < cap)
		proc_add_descriptor(pid, first, out + len, cap - len);
	return true;
}
