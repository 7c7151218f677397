/* SPDX-License-Identifier: MIT */
/* What is asked of the kernel, against the kernel. */
#include "base/sys.h"

#include "base/clock.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIZE 65536

static int new_memfd(void)
{
	int fd = sys_memfd("test");

	cr_assert_geq(fd, 0);
	return fd;
}

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

/* ---- memory ---- */

Test(sys, a_memfd_is_close_on_exec)
{
	cr_assert(fcntl(new_memfd(), F_GETFD) & FD_CLOEXEC);
}

/* ENV-2 */
Test(sys, allocated_memory_has_its_pages)
{
	int fd = new_memfd();
	struct stat st;

	cr_assert_eq(sys_allocate(fd, SIZE), 0);
	cr_assert_eq(fstat(fd, &st), 0);
	cr_assert_eq(st.st_size, SIZE);
	cr_assert_eq(st.st_blocks * 512, SIZE);
	cr_assert_eq(sys_allocate(fd, 0), 0);
	cr_assert_lt(sys_allocate(-1, SIZE), 0);
}

Test(sys, punched_pages_go_back_and_read_as_zero)
{
	int fd = new_memfd(), code;
	struct stat st;
	char *map;

	cr_assert_eq(sys_allocate(fd, SIZE), 0);
	map = sys_map(NULL, fd, SIZE, true, &code);
	memset(map, 'x', SIZE);
	cr_assert_eq(sys_punch(fd, 4096, SIZE - 4096), 0);
	cr_assert_eq(fstat(fd, &st), 0);
	cr_assert_eq(st.st_size, SIZE);
	cr_assert_eq(st.st_blocks * 512, 2 * 4096);
	cr_assert_eq(map[4095], 'x');
	cr_assert_eq(map[4096], 0);
	cr_assert_eq(map[SIZE - 1], 'x');
	cr_assert_eq(sys_punch(fd, 10, 10), 0);
	cr_assert_eq(sys_punch(fd, 10, 5), 0);
}

Test(sys, a_write_seal_makes_the_catalog_read_only)
{
	int fd = new_memfd(), code = 1;
	char *map;

	cr_assert_eq(sys_allocate(fd, SIZE), 0);
	map = sys_map(NULL, fd, SIZE, true, &code);
	cr_assert_not_null(map);
	cr_assert_eq(code, 0);
	map[0] = 'a';
	cr_assert_eq(sys_seal(fd, F_SEAL_WRITE), -EBUSY, "still mapped");
	munmap(map, SIZE);
	cr_assert_eq(sys_seal(fd, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW),
		     0);
	cr_assert_null(sys_map(NULL, fd, SIZE, true, &code));
	cr_assert_eq(code, -EPERM);
	map = sys_map(NULL, fd, SIZE, false, &code);
	cr_assert_not_null(map);
	cr_assert_eq(map[0], 'a');
	cr_assert_eq(mprotect(map, SIZE, PROT_READ | PROT_WRITE), -1);
	cr_assert_lt(sys_allocate(fd, 2 * SIZE), 0);
}

/* ---- futex ---- */

Test(sys, a_futex_wait_ends_by_its_timeout)
{
	uint64_t start_ns = clock_now_ns();
	uint32_t word = 5;

	cr_assert_eq(sys_futex_wait(&word, 4, NS_PER_S), -EAGAIN);
	cr_assert_eq(sys_futex_wait(&word, 5, 3 * NS_PER_MS), -ETIMEDOUT);
	cr_assert_geq(clock_now_ns() - start_ns, 3 * NS_PER_MS);
	cr_assert_eq(sys_futex_wake(&word, 1), 0);
}

Test(sys, a_futex_wakes_another_process)
{
	uint32_t *word = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status, i;
	pid_t pid;

	cr_assert_neq(word, MAP_FAILED);
	pid = fork();
	if (pid == 0)
		_exit(sys_futex_wait(word, 0, 10 * NS_PER_S) == 0 ? 7 : 8);
	for (i = 0; i < 10000 && sys_futex_wake(word, 1) == 0; i++)
		usleep(1000);
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert_eq(WEXITSTATUS(status), 7);
}

/* ---- processes ---- */

/* PROC-5 */
Test(sys, a_pidfd_signals_its_process_and_no_later_one)
{
	pid_t pid = fork();
	int status, pidfd;

	if (pid == 0) {
		pause();
		_exit(0);
	}
	pidfd = sys_pidfd_open(pid);
	cr_assert_geq(pidfd, 0);
	cr_assert_eq(sys_pidfd_signal(pidfd, SIGTERM), 0);
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	cr_assert_eq(sys_pidfd_signal(pidfd, SIGTERM), -ESRCH);
	cr_assert_eq(sys_pidfd_open(pid), -ESRCH);
}

static pid_t start_idle(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		pause();
		_exit(0);
	}
	return pid;
}

/* PROC-3 */
Test(sys, children_are_listed)
{
	pid_t mine[3], got[3], few[2];
	int i;

	cr_assert_eq(sys_children(got, 3), 0);
	for (i = 0; i < 3; i++)
		mine[i] = start_idle();
	cr_assert_eq(sys_children(got, 3), 3);
	cr_assert_eq(sys_children(few, 2), 2);
	for (i = 0; i < 3; i++) {
		cr_assert(got[i] == mine[0] || got[i] == mine[1] ||
			  got[i] == mine[2]);
		kill(mine[i], SIGKILL);
		waitpid(mine[i], NULL, 0);
	}
	cr_assert_eq(sys_children(got, 3), 0);
}

static void exit_if_reset(void)
{
	struct itimerval timer;
	struct sigaction action;
	sigset_t mask;

	sys_reset_signals();
	sigprocmask(SIG_SETMASK, NULL, &mask);
	getitimer(ITIMER_REAL, &timer);
	sigaction(SIGPIPE, NULL, &action);
	if (sigismember(&mask, SIGTERM) || timer.it_value.tv_sec ||
	    action.sa_handler != SIG_DFL)
		_exit(1);
	sigaction(SIGCHLD, NULL, &action);
	_exit(action.sa_handler == SIG_DFL ? 0 : 2);
}

/* VAR-1, PROC-11 */
Test(sys, reset_signals_undoes_what_was_inherited)
{
	struct itimerval timer = { .it_value.tv_sec = 100 };
	sigset_t all;
	int status;
	pid_t pid;

	pid = fork();
	if (pid == 0) {
		signal(SIGPIPE, SIG_IGN);
		signal(SIGCHLD, SIG_IGN);
		sigfillset(&all);
		sigprocmask(SIG_SETMASK, &all, NULL);
		setitimer(ITIMER_REAL, &timer, NULL);
		exit_if_reset();
	}
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* ---- descriptors ---- */

static void exit_if_closed_between(void)
{
	bool right;

	dup2(0, 50);
	dup2(0, 51);
	dup2(0, 900);
	dup2(0, 901);
	sys_close_range(51, 900);
	right = is_open(50) && !is_open(51) && !is_open(900) && is_open(901);
	_exit(right ? 0 : 1);
}

/* PROC-12 */
Test(sys, close_range_leaves_what_is_outside)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		exit_if_closed_between();
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void open_pair(int *ends)
{
	cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
				ends),
		     0);
}

Test(sys, a_message_carries_descriptors)
{
	int ends[2], fds[SYS_MAX_FDS], mine[2], n_fds = -1;
	char text[16] = "", byte = 0;
	int pipes[2];

	open_pair(ends);
	cr_assert_eq(pipe(pipes), 0);
	mine[0] = pipes[0];
	mine[1] = pipes[1];
	cr_assert_eq(sys_send(ends[0], "hello", 5, mine, 2), 5);
	cr_assert_eq(sys_recv(ends[1], text, sizeof(text), fds, &n_fds), 5);
	cr_assert_str_eq(text, "hello");
	cr_assert_eq(n_fds, 2);
	cr_assert(fcntl(fds[0], F_GETFD) & FD_CLOEXEC);
	cr_assert(fcntl(fds[1], F_GETFD) & FD_CLOEXEC);
	cr_assert_eq(write(fds[1], "x", 1), 1);
	cr_assert_eq(read(fds[0], &byte, 1), 1);
	cr_assert_eq(byte, 'x');
}

Test(sys, messages_keep_their_bounds_and_end_with_zero)
{
	int ends[2], fds[SYS_MAX_FDS], n_fds = -1;
	char text[16] = "";

	open_pair(ends);
	cr_assert_eq(sys_send(ends[0], "one", 3, NULL, 0), 3);
	cr_assert_eq(sys_send(ends[0], "three", 5, NULL, 0), 5);
	cr_assert_eq(sys_recv(ends[1], text, sizeof(text), fds, &n_fds), 3);
	cr_assert_eq(n_fds, 0);
	cr_assert_eq(sys_recv(ends[1], text, sizeof(text), fds, &n_fds), 5);
	close(ends[0]);
	cr_assert_eq(sys_recv(ends[1], text, sizeof(text), fds, &n_fds), 0);
	cr_assert_eq(sys_send(ends[1], "x", 1, NULL, 0), -EPIPE);
}

/* ---- files ---- */

static int new_file(char *path)
{
	int fd;

	strcpy(path, "/tmp/shmrun-XXXXXX");
	fd = mkstemp(path);
	cr_assert_geq(fd, 0);
	return fd;
}

Test(sys, all_is_written_and_read_back)
{
	char path[32], text[16] = "";
	int fd = new_file(path);

	cr_assert_eq(sys_write_all(fd, "0123456789", 10), 0);
	cr_assert_eq(sys_pread_all(fd, text, 4, 3), 4);
	cr_assert_str_eq(text, "3456");
	cr_assert_eq(sys_pread_all(fd, text, 10, 8), 2);
	cr_assert_eq(sys_pread_all(fd, text, 10, 20), 0);
	cr_assert_eq(sys_write_all(-1, "x", 1), -EBADF);
	cr_assert_eq(sys_pread_all(-1, text, 1, 0), -EBADF);
	unlink(path);
}

/* A full pipe takes a part, so that one write is not enough. */
Test(sys, a_long_write_goes_on_after_a_part)
{
	static char bytes[4 * SIZE], got[4 * SIZE];
	size_t n = 0;
	int ends[2];
	ssize_t ret;

	memset(bytes, 'y', sizeof(bytes));
	cr_assert_eq(pipe(ends), 0);
	if (fork() == 0) {
		close(ends[0]);
		_exit(sys_write_all(ends[1], bytes, sizeof(bytes)) != 0);
	}
	close(ends[1]);
	while ((ret = read(ends[0], got + n, sizeof(got) - n)) > 0)
		n += (size_t)ret;
	cr_assert_eq(n, sizeof(bytes));
	cr_assert_eq(memcmp(bytes, got, n), 0);
	wait(&(int){ 0 });
}

Test(sys, a_small_file_is_read_as_text)
{
	char path[32], text[16];
	int fd = new_file(path);

	cr_assert_eq(sys_write_all(fd, "max 100000\n", 11), 0);
	cr_assert_eq(sys_read_text(path, text, sizeof(text)), 11);
	cr_assert_str_eq(text, "max 100000\n");
	cr_assert_eq(sys_read_text(path, text, 4), 3);
	cr_assert_str_eq(text, "max");
	unlink(path);
	cr_assert_eq(sys_read_text(path, text, sizeof(text)), -ENOENT);
	cr_assert_eq(sys_read_text("/", text, sizeof(text)), -EISDIR);
}
