/* SPDX-License-Identifier: MIT */
#include "run/unwinder.h"

#include "base/compiler.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXEC_FAILED 127

static bool unwinder_is(const char *path)
{
	return access(path, X_OK) == 0;
}

bool unwinder_find(char path[PATH_MAX])
{
	static const char name[] = "shmrun-unwind";
	ssize_t len = readlink("/proc/self/exe", path,
			       PATH_MAX - sizeof(name) - 1);
	char *slash;

	path[max_of(len, (ssize_t)0)] = '\0';
	slash = strrchr(path, '/');
	if (slash) {
		memcpy(slash + 1, name, sizeof(name));
		if (unwinder_is(path))
			return true;
	}
	snprintf(path, PATH_MAX, "%s/%s", LIBEXECDIR, name);
	return unwinder_is(path);
}

void unwinder_about(const char *path, char *text, size_t cap)
{
	int ends[2], null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	ssize_t got = 0;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		ends[0] = ends[1] = -1;
	pid = fork();
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		execl(path, path, "--about", (char *)NULL);
		_exit(EXEC_FAILED);
	}
	close(ends[1]);
	if (pid > 0) {
		got = read(ends[0], text, cap - 1);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	text[max_of(got, (ssize_t)0)] = '\0';
	text[strcspn(text, "\n")] = '\0';
	close(ends[0]);
	close(null);
}

no_return static void unwinder_exec(const char *path, int sock, int wrecks_fd,
				    pid_t runner)
{
	char texts[3][16];
	char *argv[] = { (char *)(uintptr_t)path, texts[0], texts[1], texts[2],
			 NULL };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	snprintf(texts[0], sizeof(texts[0]), "%d", sock);
	snprintf(texts[1], sizeof(texts[1]), "%d", wrecks_fd);
	snprintf(texts[2], sizeof(texts[2]), "%d", (int)runner);
	/* Not the terminal's: it dies with the runner, not by Ctrl-C. */
	setpgid(0, 0);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	fcntl(sock, F_SETFD, 0);
	fcntl(wrecks_fd, F_SETFD, 0);
	/* It would ask the network for what is not here. */
	unsetenv("DEBUGINFOD_URLS");
	execv(path, argv);
	_exit(EXEC_FAILED);
}

int unwinder_start(struct unwinder *u, int wrecks_fd)
{
	char path[PATH_MAX];
	pid_t runner = getpid();
	int socks[2];

	if (!unwinder_find(path))
		return -ENOENT;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, socks) < 0)
		return -errno;
	u->pid = fork();
	if (u->pid == 0)
		unwinder_exec(path, socks[1], wrecks_fd, runner);
	close(socks[1]);
	if (u->pid < 0 || fcntl(socks[0], F_SETFL, O_NONBLOCK) < 0) {
		u->pid = max_of(u->pid, 0);
		close(socks[0]);
		return -errno;
	}
	u->sock = socks[0];
	return 0;
}

void unwinder_stop(struct unwinder *u)
{
	if (u->sock >= 0)
		close(u->sock);
	if (u->pid > 0) {
		kill(u->pid, SIGKILL);
		while (waitpid(u->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	*u = (struct unwinder){ .sock = -1 };
}

bool unwinder_ask(const struct unwinder *u, uint64_t at, uint64_t size)
{
	struct wreck_question q = { .at = at, .size = size };

	return send(u->sock, &q, sizeof(q), MSG_NOSIGNAL) ==
	       (ssize_t)sizeof(q);
}

int unwinder_hear(const struct unwinder *u,
		  char text[WRECK_TEXT_MAX + 1])
{
	ssize_t got = recv(u->sock, text, WRECK_TEXT_MAX, MSG_DONTWAIT);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (got <= 0)
		return -EPIPE;
	text[got] = '\0';
	return 1;
}
