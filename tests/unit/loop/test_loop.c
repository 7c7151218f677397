/* SPDX-License-Identifier: MIT */
/*
 * Waiting: each property is one function, run once per back end, because
 * both must mean the same (ENV-1, SHM-6).  The io_uring half is skipped where
 * the kernel refuses it.
 */
#include "loop/loop.h"

#include "base/clock.h"
#include "base/sys.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define LONG_NS (10 * NS_PER_S)

static struct loop *open_or_skip(enum backend backend)
{
	struct err err = { 0 };
	struct loop *loop = loop_open(backend, &err);

	if (!loop && backend == BACKEND_URING)
		cr_skip_test("%s", err.text);
	cr_assert_not_null(loop, "%s", err.text);
	return loop;
}

#define BOTH(name)                                                            \
	static void name(enum backend backend);                               \
	Test(epoll, name)                                                     \
	{                                                                     \
		name(BACKEND_EPOLL);                                          \
	}                                                                     \
	Test(uring, name)                                                     \
	{                                                                     \
		name(BACKEND_URING);                                          \
	}                                                                     \
	static void name(enum backend backend)

static void watch(struct loop *loop, int fd, uint64_t tag)
{
	struct err err = { 0 };

	cr_assert_eq(loop_watch(loop, fd, tag, &err), 0, "%s", err.text);
}

static int new_bell(uint64_t value)
{
	int fd = eventfd((unsigned)value, EFD_CLOEXEC | EFD_NONBLOCK);

	cr_assert_geq(fd, 0);
	return fd;
}

static void ring_bell(int fd)
{
	cr_assert_eq(eventfd_write(fd, 1), 0);
}

static void quiet_bell(int fd)
{
	eventfd_t value;

	cr_assert_eq(eventfd_read(fd, &value), 0);
}

/* How many reports a poll gives, and the last tag. */
static int look(struct loop *loop, uint64_t *tag)
{
	uint64_t tags[8] = { 0 };
	int n = loop_wait(loop, 0, tags, 8);

	if (n > 0)
		*tag = tags[n - 1];
	return n;
}

BOTH(a_ready_descriptor_is_reported_with_its_tag)
{
	struct loop *loop = open_or_skip(backend);
	int bell = new_bell(1);
	uint64_t tag = 0;

	watch(loop, bell, UINT64_C(0xfedcba9876543210));
	cr_assert_eq(loop_wait(loop, LONG_NS, &tag, 1), 1);
	cr_assert_eq(tag, UINT64_C(0xfedcba9876543210));
	loop_close(loop);
}

BOTH(a_descriptor_is_reported_again_while_it_is_ready)
{
	struct loop *loop = open_or_skip(backend);
	int bell = new_bell(1);
	uint64_t tag = 0;
	int i;

	watch(loop, bell, 7);
	for (i = 0; i < 100; i++)
		cr_assert_eq(look(loop, &tag), 1, "round %d", i);
	quiet_bell(bell);
	cr_assert_eq(look(loop, &tag), 0);
	ring_bell(bell);
	cr_assert_eq(look(loop, &tag), 1);
	loop_close(loop);
}

BOTH(a_descriptor_that_becomes_ready_ends_the_wait)
{
	struct loop *loop = open_or_skip(backend);
	int ends[2];
	uint64_t tag = 0;
	pid_t pid;

	cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
	watch(loop, ends[0], 3);
	cr_assert_eq(look(loop, &tag), 0);
	pid = fork();
	if (pid == 0) {
		usleep(20000);
		_exit(write(ends[1], "x", 1) != 1);
	}
	cr_assert_eq(loop_wait(loop, LONG_NS, &tag, 1), 1);
	cr_assert_eq(tag, 3);
	waitpid(pid, NULL, 0);
	loop_close(loop);
}

/* Two are ready, one fits; the other is served behind the loop's back. */
BOTH(what_was_read_meanwhile_is_not_reported)
{
	struct loop *loop = open_or_skip(backend);
	int bells[2] = { new_bell(1), new_bell(1) };
	uint64_t tag = 9;

	watch(loop, bells[0], 0);
	watch(loop, bells[1], 1);
	cr_assert_eq(loop_wait(loop, LONG_NS, &tag, 1), 1);
	quiet_bell(bells[0]);
	quiet_bell(bells[1]);
	cr_assert_eq(look(loop, &tag), 0);
	loop_close(loop);
}

BOTH(no_ready_descriptor_starves_another)
{
	struct loop *loop = open_or_skip(backend);
	int seen[20] = { 0 };
	uint64_t tags[3];
	int i, n;

	for (i = 0; i < 20; i++)
		watch(loop, new_bell(1), (uint64_t)i);
	for (i = 0; i < 20; i++) {
		n = loop_wait(loop, LONG_NS, tags, 3);
		cr_assert_gt(n, 0);
		while (n-- > 0)
			seen[tags[n]]++;
	}
	for (i = 0; i < 20; i++)
		cr_assert_gt(seen[i], 0, "%d was never reported", i);
	loop_close(loop);
}

BOTH(a_late_comer_is_seen_beside_one_that_is_always_ready)
{
	struct loop *loop = open_or_skip(backend);
	int late = new_bell(0);
	uint64_t tag = 0;
	int i;

	watch(loop, new_bell(1), 1);
	watch(loop, late, 2);
	cr_assert_eq(loop_wait(loop, LONG_NS, &tag, 1), 1);
	ring_bell(late);
	for (i = 0; i < 4 && tag != 2; i++)
		cr_assert_eq(loop_wait(loop, LONG_NS, &tag, 1), 1);
	cr_assert_eq(tag, 2);
	loop_close(loop);
}

BOTH(nothing_is_reported_after_unwatch)
{
	struct loop *loop = open_or_skip(backend);
	int bell = new_bell(0);
	uint64_t tag = 0;

	watch(loop, bell, 1);
	cr_assert_eq(look(loop, &tag), 0);
	loop_unwatch(loop, bell);
	ring_bell(bell);
	cr_assert_eq(look(loop, &tag), 0);
	watch(loop, bell, 2);
	loop_unwatch(loop, bell);
	cr_assert_eq(look(loop, &tag), 0);
	loop_close(loop);
}

/* The report of the second was made already, and did not fit. */
BOTH(a_report_in_hand_is_dropped_by_unwatch)
{
	struct loop *loop = open_or_skip(backend);
	int bells[2] = { new_bell(1), new_bell(1) };
	uint64_t tag = 0;

	watch(loop, bells[0], 0);
	watch(loop, bells[1], 1);
	cr_assert_eq(loop_wait(loop, LONG_NS, &tag, 1), 1);
	loop_unwatch(loop, bells[1 - tag]);
	quiet_bell(bells[tag]);
	cr_assert_eq(look(loop, &tag), 0);
	loop_close(loop);
}

BOTH(unwatching_does_not_end_the_next_wait)
{
	struct loop *loop = open_or_skip(backend);
	int bell = new_bell(0);
	uint64_t start_ns, tag = 0;

	watch(loop, bell, 1);
	cr_assert_eq(look(loop, &tag), 0);
	loop_unwatch(loop, bell);
	start_ns = clock_now_ns();
	cr_assert_eq(loop_wait(loop, 30 * NS_PER_MS, &tag, 1), 0);
	cr_assert_geq(clock_now_ns() - start_ns, 30 * NS_PER_MS);
	loop_close(loop);
}

BOTH(a_reused_descriptor_number_is_a_new_watch)
{
	struct loop *loop = open_or_skip(backend);
	int bell = new_bell(0), fresh;
	uint64_t tag = 0;

	watch(loop, bell, 1);
	cr_assert_eq(look(loop, &tag), 0);
	ring_bell(bell);
	loop_unwatch(loop, bell);
	close(bell);
	fresh = new_bell(0);
	cr_assert_eq(fresh, bell, "the test needs the same number");
	watch(loop, fresh, 2);
	cr_assert_eq(look(loop, &tag), 0);
	ring_bell(fresh);
	cr_assert_eq(look(loop, &tag), 1);
	cr_assert_eq(tag, 2);
	loop_close(loop);
}

BOTH(the_peer_sees_the_hang_up_at_once_after_unwatch_and_close)
{
	struct loop *loop = open_or_skip(backend);
	uint64_t tag = 0;
	int ends[2];

	signal(SIGPIPE, SIG_IGN);
	cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
	watch(loop, ends[0], 1);
	cr_assert_eq(look(loop, &tag), 0);
	loop_unwatch(loop, ends[0]);
	close(ends[0]);
	cr_assert_eq(write(ends[1], "x", 1), -1);
	cr_assert_eq(errno, EPIPE);
	loop_close(loop);
}

BOTH(a_timeout_is_never_early)
{
	static const uint64_t timeouts_ns[] = { 1, 300 * NS_PER_US,
						1500 * NS_PER_US,
						20 * NS_PER_MS };
	struct loop *loop = open_or_skip(backend);
	uint64_t start_ns, tag;
	size_t i;

	watch(loop, new_bell(0), 1);
	for (i = 0; i < array_size(timeouts_ns); i++) {
		start_ns = clock_now_ns();
		cr_assert_eq(loop_wait(loop, timeouts_ns[i], &tag, 1), 0);
		cr_assert_geq(clock_now_ns() - start_ns, timeouts_ns[i]);
	}
	loop_close(loop);
}

BOTH(an_empty_loop_waits_too)
{
	struct loop *loop = open_or_skip(backend);
	uint64_t start_ns = clock_now_ns(), tag;

	cr_assert_eq(loop_wait(loop, 5 * NS_PER_MS, &tag, 1), 0);
	cr_assert_geq(clock_now_ns() - start_ns, 5 * NS_PER_MS);
	loop_close(loop);
}

static void ignore_signal(int signo)
{
	(void)signo;
}

BOTH(a_signal_ends_a_wait_without_end)
{
	struct sigaction action = { .sa_handler = ignore_signal };
	struct itimerval soon = { .it_value.tv_usec = 20000,
				  .it_interval.tv_usec = 20000 };
	struct loop *loop = open_or_skip(backend);
	uint64_t tag;

	watch(loop, new_bell(0), 1);
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
	cr_assert_eq(loop_wait(loop, LOOP_FOREVER, &tag, 1), 0);
	cr_assert_eq(loop_wait(loop, LOOP_FOREVER, &tag, 1), 0);
	loop_close(loop);
}

BOTH(a_closed_writer_is_reported_as_ready)
{
	struct loop *loop = open_or_skip(backend);
	uint64_t tag = 0;
	int ends[2];

	cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
	watch(loop, ends[0], 5);
	cr_assert_eq(look(loop, &tag), 0);
	close(ends[1]);
	cr_assert_eq(look(loop, &tag), 1);
	cr_assert_eq(tag, 5);
	cr_assert_eq(look(loop, &tag), 1, "a hang-up stays");
	loop_close(loop);
}

BOTH(a_closed_peer_is_reported_as_ready)
{
	struct loop *loop = open_or_skip(backend);
	uint64_t tag = 0;
	int ends[2];

	cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
				ends),
		     0);
	watch(loop, ends[0], 6);
	cr_assert_eq(look(loop, &tag), 0);
	close(ends[1]);
	cr_assert_eq(loop_wait(loop, LONG_NS, &tag, 1), 1);
	cr_assert_eq(tag, 6);
	loop_close(loop);
}

BOTH(the_end_of_a_child_is_reported_through_its_pidfd)
{
	struct loop *loop = open_or_skip(backend);
	pid_t pid = fork();
	uint64_t tag = 0;
	int pidfd;

	if (pid == 0) {
		pause();
		_exit(0);
	}
	pidfd = sys_pidfd_open(pid);
	cr_assert_geq(pidfd, 0);
	watch(loop, pidfd, 8);
	cr_assert_eq(look(loop, &tag), 0);
	kill(pid, SIGKILL);
	cr_assert_eq(loop_wait(loop, LONG_NS, &tag, 1), 1);
	cr_assert_eq(tag, 8);
	waitpid(pid, NULL, 0);
	loop_close(loop);
}

/* Waits until each of n tags was reported once; every bell is then quiet. */
static void serve_all(struct loop *loop, const int *bells, int n)
{
	uint64_t tags[50];
	int got, served = 0;

	while (served < n) {
		got = loop_wait(loop, LONG_NS, tags, 50);
		cr_assert_gt(got, 0);
		served += got;
		while (got-- > 0)
			quiet_bell(bells[tags[got]]);
	}
	cr_assert_eq(loop_wait(loop, 0, tags, 50), 0);
}

static void serve_many(enum backend backend, int n)
{
	struct loop *loop = open_or_skip(backend);
	int *bells = calloc((size_t)n, sizeof(*bells));
	int i, round;

	for (i = 0; i < n; i++) {
		bells[i] = new_bell(0);
		watch(loop, bells[i], (uint64_t)i);
	}
	for (round = 0; round < 3; round++) {
		for (i = 0; i < n; i++)
			ring_bell(bells[i]);
		serve_all(loop, bells, n);
	}
	for (i = 0; i < n; i++)
		loop_unwatch(loop, bells[i]);
	free(bells);
	loop_close(loop);
}

BOTH(two_hundred_descriptors_are_all_served)
{
	serve_many(backend, 200);
}

/* More than the queue of requests holds at once. */
BOTH(seven_hundred_descriptors_are_all_served)
{
	serve_many(backend, 700);
}

BOTH(a_watch_is_refused_twice_and_without_a_descriptor)
{
	struct loop *loop = open_or_skip(backend);
	struct err err = { 0 };
	int bell = new_bell(0);

	watch(loop, bell, 1);
	cr_assert_eq(loop_watch(loop, bell, 2, &err), -EEXIST);
	cr_assert_neq(err.text[0], '\0');
	cr_assert_eq(loop_watch(loop, -1, 2, &err), -EBADF);
	cr_assert_eq(loop_watch(loop, 9999, 2, &err), -EBADF);
	cr_assert_eq(err.code, -EBADF);
	loop_unwatch(loop, 9999);
	loop_unwatch(loop, -1);
	loop_close(loop);
}

static int count_fds(bool open_on_exec_only)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;
	int n = 0;

	cr_assert_not_null(dir);
	while ((entry = readdir(dir))) {
		int flags = fcntl(atoi(entry->d_name), F_GETFD);

		if (entry->d_name[0] != '.' && flags >= 0 &&
		    !(open_on_exec_only && (flags & FD_CLOEXEC)))
			n++;
	}
	closedir(dir);
	return n;
}

/* PROC-12 */
BOTH(descriptors_are_close_on_exec_and_closed_at_the_end)
{
	int all = count_fds(false), kept = count_fds(true);
	struct loop *loop = open_or_skip(backend);

	cr_assert_gt(count_fds(false), all);
	cr_assert_eq(count_fds(true), kept);
	loop_close(loop);
	cr_assert_eq(count_fds(false), all);
}

/* From here on system call nr fails with code; skips where filters do. */
static void refuse_call(long nr, int code)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)nr, 0, 1),
		BPF_STMT(BPF_RET | BPF_K,
			 SECCOMP_RET_ERRNO | (unsigned)code),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = array_size(filter),
				      .filter = filter };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		cr_skip_test("no seccomp filters here");
}

static void expect_fall_back(const char *reason)
{
	struct err err = { 0 };
	struct loop *loop = loop_open(BACKEND_AUTO, &err);
	uint64_t tag = 0;

	cr_assert_not_null(loop, "%s", err.text);
	cr_assert_str_eq(loop_name(loop), "epoll");
	cr_assert_not_null(strstr(loop_why(loop), reason), "%s",
			   loop_why(loop));
	watch(loop, new_bell(1), 4);
	cr_assert_eq(look(loop, &tag), 1);
	loop_close(loop);
	cr_assert_null(loop_open(BACKEND_URING, &err));
	cr_assert_lt(err.code, 0);
	cr_assert_not_null(strstr(err.text, reason), "%s", err.text);
}

/* ENV-1 */
Test(loop, a_refused_set_up_falls_back_and_says_why)
{
	loop_close(open_or_skip(BACKEND_URING));
	refuse_call(SYS_io_uring_setup, EPERM);
	expect_fall_back("not permitted");
}

Test(loop, a_refused_enter_falls_back_and_says_why)
{
	loop_close(open_or_skip(BACKEND_URING));
	refuse_call(SYS_io_uring_enter, EACCES);
	expect_fall_back("denied");
}

Test(loop, a_refused_probe_falls_back_and_says_why)
{
	int all = count_fds(false);

	loop_close(open_or_skip(BACKEND_URING));
	refuse_call(SYS_io_uring_register, ENOSYS);
	expect_fall_back("probed");
	cr_assert_eq(count_fds(false), all + 1, "only the bell is left open");
}

Test(loop, auto_takes_io_uring_where_it_works)
{
	struct err err = { 0 };
	struct loop *loop;

	loop_close(open_or_skip(BACKEND_URING));
	loop = loop_open(BACKEND_AUTO, &err);
	cr_assert_str_eq(loop_name(loop), "io_uring");
	cr_assert_str_eq(loop_why(loop), "");
	loop_close(loop);
}

Test(loop, epoll_on_request_has_no_excuse)
{
	struct loop *loop = open_or_skip(BACKEND_EPOLL);

	cr_assert_str_eq(loop_name(loop), "epoll");
	cr_assert_str_eq(loop_why(loop), "");
	loop_close(loop);
}

static void expect_coarse_wait(int code)
{
	struct loop *loop = open_or_skip(BACKEND_EPOLL);
	uint64_t start_ns, tag = 0;
	int bell = new_bell(0);

	refuse_call(SYS_epoll_pwait2, code);
	watch(loop, bell, 1);
	start_ns = clock_now_ns();
	cr_assert_eq(loop_wait(loop, 2300 * NS_PER_US, &tag, 1), 0);
	cr_assert_geq(clock_now_ns() - start_ns, 2300 * NS_PER_US);
	ring_bell(bell);
	cr_assert_eq(loop_wait(loop, LOOP_FOREVER, &tag, 1), 1);
	cr_assert_eq(tag, 1);
	loop_close(loop);
}

Test(epoll, waits_without_epoll_pwait2)
{
	expect_coarse_wait(ENOSYS);
}

Test(epoll, waits_where_a_filter_forbids_epoll_pwait2)
{
	expect_coarse_wait(EPERM);
}
