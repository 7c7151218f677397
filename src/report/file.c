/* SPDX-License-Identifier: MIT */
#include "report/file.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char *report_file_beside(const char *path)
{
	struct str temporary = STR_INIT;

	str_addf(&temporary, "%s.%d.tmp", path, (int)getpid());
	return temporary.text;
}

int report_file_open(struct report_file *f, const char *path,
		     struct err *err)
{
	int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
	char *temporary = NULL;
	struct stat st;
	int ret;

	if (stat(path, &st) < 0 || S_ISREG(st.st_mode))
		temporary = report_file_beside(path);
	f->fd = open(temporary ? temporary : path, flags, 0666);
	if (f->fd < 0) {
		ret = err_sys(err, -errno, "cannot write %s", path);
		free(temporary);
		return ret;
	}
	f->path = mem_strdup(path);
	f->temporary = temporary;
	return 0;
}

/* What is no regular file is not opened: whoever reads a pipe would see its
 * end. */
int report_file_check(const char *path, struct err *err)
{
	struct report_file file = { .fd = -1 };
	struct stat st;

	if (stat(path, &st) < 0 || S_ISREG(st.st_mode)) {
		if (report_file_open(&file, path, err) < 0)
			return err->code;
		report_file_close(&file, -ECANCELED);
		return 0;
	}
	if (S_ISDIR(st.st_mode))
		return err_sys(err, -EISDIR, "cannot write %s", path);
	if (access(path, W_OK) < 0)
		return err_sys(err, -errno, "cannot write %s", path);
	return 0;
}

/* ---- copies ------------------------------------------------------------ */

void report_file_mark(struct report_file *f)
{
	if (f->temporary)
		f->marked = lseek(f->fd, 0, SEEK_CUR);
}

static int report_file_fill(int to, int from, off_t len)
{
	char bytes[16384];
	off_t at = 0;
	int ret = 0;

	while (at < len && ret == 0) {
		size_t most = (size_t)min_of(len - at, (off_t)sizeof(bytes));
		ssize_t n = pread(from, bytes, most, at);

		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		ret = sys_write_all(to, bytes, (size_t)n);
		at += n;
	}
	return ret;
}

int report_file_copy(struct report_file *f)
{
	int from, ret;

	if (!f->temporary || f->marked < 0)
		return -ENOTSUP;
	/* The parent's was opened for writing only. */
	from = open(f->temporary, O_RDONLY | O_CLOEXEC);
	if (from < 0)
		return -errno;
	free(f->temporary);
	f->temporary = report_file_beside(f->path);
	ret = open(f->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		   0666);
	if (ret >= 0) {
		dup3(ret, f->fd, O_CLOEXEC);
		close(ret);
		ret = report_file_fill(f->fd, from, f->marked);
	} else {
		ret = -errno;
	}
	close(from);
	if (ret < 0)
		unlink(f->temporary);
	return ret;
}

/* ---- into its place ---------------------------------------------------- */

static int report_file_complete(struct report_file *f, int code)
{
	/* What is no file cannot be synced, and need not be. */
	if (code == 0 && f->temporary && fsync(f->fd) < 0)
		code = -errno;
	if (close(f->fd) < 0 && code == 0)
		code = -errno;
	if (code == 0 && f->temporary && rename(f->temporary, f->path) < 0)
		code = -errno;
	return code;
}

int report_file_close(struct report_file *f, int code)
{
	code = report_file_complete(f, code);
	if (code < 0 && f->temporary)
		unlink(f->temporary);
	free(f->temporary);
	free(f->path);
	*f = (struct report_file){ .fd = -1 };
	return code;
}
