/* SPDX-License-Identifier: MIT */
#include "suite/tool.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Signals as a program expects them; the loader has some blocked. */
static int tool_start(const char *const *argv, const char *folder, int fd,
		      pid_t *pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none;
	int ret;

	sigemptyset(&none);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, fd, STDOUT_FILENO);
	posix_spawn_file_actions_addchdir_np(&files, folder);
	ret = posix_spawnp(pid, argv[0], &files, &attr,
			   (char *const *)(uintptr_t)argv, environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attr);
	return -ret;
}

/* To the end; -EFBIG when that is too far. */
static int tool_take(int fd, struct str *out)
{
	char piece[65536];
	ssize_t got;

	for (;;) {
		got = read(fd, piece, sizeof(piece));
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? -errno : 0;
		if (out->len + (size_t)got > TOOL_OUTPUT_MAX)
			return -EFBIG;
		str_add_len(out, piece, (size_t)got);
	}
}

static int tool_wait(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return status;
}

int tool_run(const char *const *argv, const char *folder, char **text,
	     size_t *len, struct err *err)
{
	struct str out = STR_INIT;
	int ends[2], ret, status;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(err, -errno, "cannot make a pipe");
	ret = tool_start(argv, folder, ends[1], &pid);
	close(ends[1]);
	if (ret < 0) {
		close(ends[0]);
		return err_sys(err, ret, "cannot run %s there", argv[0]);
	}
	ret = tool_take(ends[0], &out);
	close(ends[0]);
	status = tool_wait(pid);
	if (ret < 0)
		err_sys(err, ret, "cannot read what %s prints", argv[0]);
	else if (status != 0)
		ret = err_set(err, -EIO, "%s %s cannot say what tests there "
			      "are", argv[0], argv[1]);
	if (ret < 0) {
		str_fini(&out);
		return ret;
	}
	*len = out.len;
	str_add_char(&out, '\0');
	*text = out.text;
	return 0;
}

int tool_read(const char *path, char **text, size_t *len, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	ssize_t got;

	if (fd < 0)
		return err_sys(err, -errno, "cannot open %s", path);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    st.st_size > TOOL_OUTPUT_MAX) {
		close(fd);
		return err_set(err, -EINVAL, "%s is not what it should be",
			       path);
	}
	*text = mem_alloc((size_t)st.st_size + 1);
	got = sys_pread_all(fd, *text, (size_t)st.st_size, 0);
	close(fd);
	*len = got > 0 ? (size_t)got : 0;
	if (got >= 0)
		return 0;
	free(*text);
	return err_sys(err, (int)got, "cannot read %s", path);
}
