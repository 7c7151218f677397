/* SPDX-License-Identifier: MIT */
#include "report/file.h"

#include "base/mem.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int report_file_open(struct report_file *f, const char *path,
		     struct err *err)
{
	int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
	struct str temporary = STR_INIT;
	struct stat st;

	if (stat(path, &st) < 0 || S_ISREG(st.st_mode))
		str_addf(&temporary, "%s.%d.tmp", path, (int)getpid());
	f->fd = open(temporary.text ? temporary.text : path, flags, 0666);
	if (f->fd < 0) {
		err_sys(err, -errno, "cannot write %s", path);
		str_fini(&temporary);
		return err->code;
	}
	f->path = mem_strdup(path);
	f->temporary = temporary.text;
	return 0;
}

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
