/* SPDX-License-Identifier: MIT */
#include "suite/server.h"

#include "base/raw.h"
#include "base/str.h"
#include "base/sys.h"
#include "suite/gtest.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Above those that it gets. */
#define LIFTED 20

int server_open(struct server *s, struct err *err)
{
	int ret;

	*s = (struct server){ .page_fd = sys_memfd("shmrun-served") };
	if (s->page_fd < 0)
		return err_sys(err, s->page_fd, "cannot make a memory file");
	if (ftruncate(s->page_fd, sizeof(*s->page)) < 0) {
		ret = -errno;
		close(s->page_fd);
		return err_sys(err, ret, "cannot make a memory file");
	}
	s->page = sys_map(NULL, s->page_fd, sizeof(*s->page), true, &ret);
	if (!s->page) {
		close(s->page_fd);
		return err_sys(err, ret, "cannot map a memory file");
	}
	s->page->magic = SERVED_MAGIC;
	return 0;
}

void server_close(struct server *s)
{
	munmap(s->page, sizeof(*s->page));
	close(s->page_fd);
	*s = (struct server){ 0 };
}

static int server_write_image(const struct server_image *image,
			      struct err *err)
{
	size_t size = (uintptr_t)image->end - (uintptr_t)image->bytes;
	int fd = sys_memfd("shmrun-shim"), ret;

	if (fd < 0)
		return err_sys(err, fd, "cannot make a memory file");
	ret = sys_write_all(fd, image->bytes, size);
	if (ret == 0)
		return fd;
	close(fd);
	return err_sys(err, ret, "cannot write a memory file");
}

/* ---- in the child ---------------------------------------------------- */

/* It would refuse to be behind an object, which has nothing that it looks for
 * (PIT-7). */
static void server_calm_asan(void)
{
	const char *before = getenv("ASAN_OPTIONS");
	struct str all = STR_INIT;

	str_addf(&all, "%s%sverify_asan_link_order=0", before ? before : "",
		 before && *before ? ":" : "");
	setenv("ASAN_OPTIONS", str_get(&all), 1);
	str_fini(&all);
}

/* What the user preloads comes first: a sanitizer insists on that (PIT-7). */
static void server_set_preload(bool binds)
{
	const char *before = getenv("LD_PRELOAD");
	struct str all = STR_INIT;

	if (before && *before) {
		setenv(SERVED_ENV_PRELOAD, before, 1);
		str_addf(&all, "%s:", before);
	}
	str_addf(&all, "/proc/self/fd/%d", SERVED_IMAGE);
	setenv("LD_PRELOAD", str_get(&all), 1);
	setenv(SERVED_ENV, "1", 1);
	/* Or each child looks all that it calls up anew. */
	if (binds && !getenv("LD_BIND_NOW")) {
		setenv("LD_BIND_NOW", "1", 1);
		setenv(SERVED_ENV_LAZY, "1", 1);
	}
	str_fini(&all);
}

static void server_place(const int from[SERVED_FDS])
{
	int lifted[SERVED_FDS], i;

	for (i = SERVED_TALK; i < SERVED_FDS; i++)
		lifted[i] = fcntl(from[i], F_DUPFD, LIFTED);
	for (i = SERVED_TALK; i < SERVED_FDS; i++)
		if (dup2(lifted[i], i) < 0)
			_exit(1);
	sys_close_range(SERVED_FDS, INT_MAX);
}

no_return static void server_exec(const struct server *s, const char *path,
				  const int from[SERVED_FDS], pid_t parent)
{
	char *argv[] = { (char *)(uintptr_t)path, NULL };
	char *carry[] = { "/proc/self/exe", SERVER_CARRY,
			  (char *)(uintptr_t)path, NULL };
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	setpgid(0, 0);
	sys_reset_signals();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	server_place(from);
	server_set_preload(s->page->mode == SERVED_RUN && !s->lazy);
	server_calm_asan();
	if (s->carried)
		execv(carry[0], carry);
	else
		execv(path, argv);
	dprintf(STDERR_FILENO, "%s: %s\n", path, strerror(errno));
	_exit(127);
}

/* As if it were a program, which a death test of GoogleTest starts anew. */
static int server_call(int argc, char **argv)
{
	void *handle = dlopen(argv[2], RTLD_NOW | RTLD_GLOBAL);
	int (*main_of)(int n, char **args, char **env);
	void (*init)(int *n, char **args);
	void *(*instance)(void);
	int (*run)(void *all);

	if (!handle) {
		dprintf(STDERR_FILENO, "%s\n", dlerror());
		return 127;
	}
	*(void **)&main_of = dlsym(handle, "main");
	if (main_of)
		return main_of(argc, argv, environ);
	*(void **)&init = dlsym(handle, GTEST_INIT);
	*(void **)&instance = dlsym(handle, GTEST_INSTANCE);
	*(void **)&run = dlsym(handle, GTEST_RUN);
	if (!init || !instance || !run)
		return 127;
	init(&argc, argv);
	return run(instance());
}

no_return void server_carry(int argc, char **argv)
{
	int (*carry)(int n, char **args);

	*(void **)&carry = dlsym(RTLD_DEFAULT, SERVED_CARRY);
	if (argc < 3)
		_exit(1);
	exit(carry ? carry(argc, argv) : server_call(argc, argv));
}

/* ---- start and end --------------------------------------------------- */

int server_start(struct server *s, const char *path,
		 const struct server_image *image, int talk, struct err *err)
{
	int from[SERVED_FDS] = { [SERVED_TALK] = talk,
				 [SERVED_PAGE] = s->page_fd };
	struct str program = STR_INIT;
	pid_t parent = getpid();
	int ret = 0;

	from[SERVED_IMAGE] = server_write_image(image, err);
	if (from[SERVED_IMAGE] < 0)
		return from[SERVED_IMAGE];
	str_addf(&program, "%s%s", strchr(path, '/') ? "" : "./", path);
	s->page->carried = s->carried;
	s->pid = fork();
	if (s->pid == 0)
		server_exec(s, str_get(&program), from, parent);
	if (s->pid < 0) {
		ret = err_sys(err, -errno, "it cannot be started");
		s->pid = 0;
	}
	close(from[SERVED_IMAGE]);
	str_fini(&program);
	return ret;
}

int server_end(struct server *s)
{
	siginfo_t info;
	int status = 0;

	/* Its group is there as long as it is not reaped (PROC-5). */
	while (waitid(P_PID, (id_t)s->pid, &info, WEXITED | WNOWAIT) < 0 &&
	       errno == EINTR)
		;
	kill(-s->pid, SIGKILL);
	while (waitpid(s->pid, &status, 0) < 0 && errno == EINTR)
		;
	s->pid = 0;
	return status;
}
