/* SPDX-License-Identifier: MIT */
#include "base/sys.h"

#include "base/clock.h"
#include "base/compiler.h"
#include "base/raw.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static int sys_ret(long ret)
{
	return ret < 0 ? -errno : (int)ret;
}

int sys_memfd(const char *name)
{
	return sys_ret(memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
}

int sys_seal(int fd, int seals)
{
	return sys_ret(fcntl(fd, F_ADD_SEALS, seals));
}

int sys_allocate(int fd, uint64_t size)
{
	if (ftruncate(fd, (off_t)size) < 0)
		return -errno;
	if (size && fallocate(fd, 0, 0, (off_t)size) < 0)
		return -errno;
	return 0;
}

uint64_t sys_memory_available(void)
{
	unsigned long long kib;
	char text[1024];
	const char *line;

	if (sys_read_text("/proc/meminfo", text, sizeof(text)) < 0)
		return UINT64_MAX;
	line = strstr(text, "MemAvailable:");
	if (!line || sscanf(line, "MemAvailable: %llu kB", &kib) != 1)
		return UINT64_MAX;
	return kib * 1024;
}

int sys_punch(int fd, uint64_t from, uint64_t to)
{
	if (to <= from)
		return 0;
	return sys_ret(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
				 (off_t)from, (off_t)(to - from)));
}

hot_path void *sys_map(void *at, int fd, size_t size, bool writable,
		       int *code)
{
	int prot = writable ? PROT_READ | PROT_WRITE : PROT_READ;

	return raw_map(at, fd, size, prot, 0, code);
}

void *sys_map_now(int fd, size_t size, bool writable, int *code)
{
	int prot = writable ? PROT_READ | PROT_WRITE : PROT_READ;
	void *map = mmap(NULL, size, prot, MAP_SHARED | MAP_POPULATE, fd, 0);

	*code = map == MAP_FAILED ? -errno : 0;
	return map == MAP_FAILED ? NULL : map;
}

void sys_unmap(void *map, size_t size)
{
	munmap(map, size);
}

hot_path int sys_futex_wait(const uint32_t *word, uint32_t expected, uint64_t timeout_ns)
{
	struct timespec ts = clock_timespec(timeout_ns);

	return (int)raw_syscall(SYS_futex, (long)word, FUTEX_WAIT, expected,
				(long)&ts, 0);
}

int sys_futex_wake(const uint32_t *word, int n)
{
	return (int)raw_syscall(SYS_futex, (long)word, FUTEX_WAKE, n, 0, 0);
}

int sys_pidfd_open(pid_t pid)
{
	return sys_ret(syscall(SYS_pidfd_open, pid, 0));
}

int sys_pidfd_signal(int pidfd, int signo)
{
	return sys_ret(syscall(SYS_pidfd_send_signal, pidfd, signo, NULL, 0));
}

int sys_pidfd_queue(int pidfd, int signo, int value)
{
	siginfo_t info = { .si_signo = signo, .si_code = SI_QUEUE };

	info.si_pid = getpid();
	info.si_uid = getuid();
	info.si_value.sival_int = value;
	return sys_ret(syscall(SYS_pidfd_send_signal, pidfd, signo, &info, 0));
}

/* The C library may not know it. */
#define SYS_P_PIDFD 3

bool sys_pidfd_is_child(int pidfd)
{
	siginfo_t info;

	return waitid((idtype_t)SYS_P_PIDFD, (id_t)pidfd, &info,
		      WEXITED | WNOHANG | WNOWAIT | __WALL) == 0 ||
	       errno != ECHILD;
}

static int sys_close_walk(int first, int last)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;

	if (!dir)
		return -errno;
	while ((entry = readdir(dir))) {
		int fd = atoi(entry->d_name);

		if (fd >= first && fd <= last && fd != dirfd(dir))
			close(fd);
	}
	closedir(dir);
	return 0;
}

hot_path int sys_close_range(int first, int last)
{
	if (raw_syscall(SYS_close_range, first, last, 0, 0, 0) == 0)
		return 0;
	return sys_close_walk(first, last);
}

int sys_send(int sock, const void *msg, size_t len, const int *fds, int n_fds)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int) * SYS_MAX_FDS)];
	} control = { 0 };
	struct iovec iov = { .iov_base = (void *)(uintptr_t)msg, .iov_len = len };
	struct msghdr hdr = { .msg_iov = &iov, .msg_iovlen = 1 };
	size_t payload = sizeof(int) * (size_t)n_fds;
	ssize_t sent;

	if (n_fds > 0) {
		struct cmsghdr *cmsg;

		hdr.msg_control = control.bytes;
		hdr.msg_controllen = CMSG_SPACE(payload);
		cmsg = CMSG_FIRSTHDR(&hdr);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(payload);
		memcpy(CMSG_DATA(cmsg), fds, payload);
	}
	do {
		sent = sendmsg(sock, &hdr, MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	return sys_ret(sent);
}

static int sys_take_fds(struct msghdr *hdr, int *fds)
{
	struct cmsghdr *cmsg;
	int n = 0;

	for (cmsg = CMSG_FIRSTHDR(hdr); cmsg; cmsg = CMSG_NXTHDR(hdr, cmsg)) {
		size_t bytes;

		if (cmsg->cmsg_level != SOL_SOCKET ||
		    cmsg->cmsg_type != SCM_RIGHTS)
			continue;
		bytes = cmsg->cmsg_len - CMSG_LEN(0);
		if (bytes > sizeof(int) * (size_t)(SYS_MAX_FDS - n))
			bytes = sizeof(int) * (size_t)(SYS_MAX_FDS - n);
		memcpy(fds + n, CMSG_DATA(cmsg), bytes);
		n += (int)(bytes / sizeof(int));
	}
	return n;
}

int sys_recv(int sock, void *msg, size_t cap, int *fds, int *n_fds)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int) * SYS_MAX_FDS)];
	} control;
	struct iovec iov = { .iov_base = msg, .iov_len = cap };
	struct msghdr hdr = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control.bytes,
			      .msg_controllen = sizeof(control.bytes) };
	ssize_t got;

	do {
		got = recvmsg(sock, &hdr, MSG_CMSG_CLOEXEC);
		/* A peer that ended before it had read all: that is said
		 * once, in front of what it had sent. */
	} while (got < 0 && (errno == EINTR || errno == ECONNRESET));
	*n_fds = 0;
	if (got < 0)
		return -errno;
	*n_fds = sys_take_fds(&hdr, fds);
	return (int)got;
}

int sys_write_all(int fd, const void *bytes, size_t len)
{
	const char *p = bytes;

	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

ssize_t sys_pread_all(int fd, void *bytes, size_t len, uint64_t offset)
{
	size_t got = 0;

	while (got < len) {
		ssize_t n = pread(fd, (char *)bytes + got, len - got,
				  (off_t)(offset + got));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return (ssize_t)got;
}

ssize_t sys_read_text(const char *path, char *text, size_t cap)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t got = 0;
	ssize_t n = 0;

	if (fd < 0)
		return -errno;
	while (got < cap - 1 && (n = read(fd, text + got, cap - 1 - got)) > 0)
		got += (size_t)n;
	n = n < 0 ? -errno : (ssize_t)got;
	text[got] = '\0';
	close(fd);
	return n;
}

void sys_reset_signals(void)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL };
	struct itimerval none = { 0 };
	sigset_t empty;
	int signo;

	for (signo = 1; signo < NSIG; signo++)
		sigaction(signo, &dfl, NULL);
	setitimer(ITIMER_REAL, &none, NULL);
	setitimer(ITIMER_VIRTUAL, &none, NULL);
	setitimer(ITIMER_PROF, &none, NULL);
	sigemptyset(&empty);
	sigprocmask(SIG_SETMASK, &empty, NULL);
}

/* Adds the children of one of our threads. */
static int sys_children_of(const char *task, pid_t *pids, int n, int cap)
{
	char path[64], text[256];
	pid_t pid = 0;
	ssize_t got;
	int fd, i;

	snprintf(path, sizeof(path), "/proc/self/task/%.16s/children", task);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return n;
	while ((got = read(fd, text, sizeof(text))) > 0) {
		for (i = 0; i < got; i++) {
			if (text[i] >= '0' && text[i] <= '9') {
				pid = pid * 10 + (text[i] - '0');
				continue;
			}
			if (pid && n < cap)
				pids[n++] = pid;
			pid = 0;
		}
	}
	close(fd);
	return n;
}

/* A child belongs to the thread that forked it. */
static int sys_children_walk(pid_t *pids, int cap)
{
	DIR *dir = opendir("/proc/self/task");
	struct dirent *entry;
	int n = 0;

	if (!dir)
		return -errno;
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			n = sys_children_of(entry->d_name, pids, n, cap);
	closedir(dir);
	return n;
}

int sys_children_single(pid_t *pids, int cap)
{
	char self[16];

	snprintf(self, sizeof(self), "%d", (int)getpid());
	return sys_children_of(self, pids, 0, cap);
}

int sys_children(pid_t *pids, int cap)
{
	/* Mostly there is one thread, and stdio and malloc are dear to a
	 * process that has just forked: the simple look first. */
	int n = sys_children_single(pids, cap);

	return n > 0 ? n : sys_children_walk(pids, cap);
}

unsigned long sys_no_core(void)
{
	char pattern[2] = "";

	/* With a pipe there the kernel ignores 0 and obeys 1. */
	sys_read_text("/proc/sys/kernel/core_pattern", pattern,
		      sizeof(pattern));
	return pattern[0] == '|' ? 1 : 0;
}
