/* SPDX-License-Identifier: MIT */
/*
 * A list of programs as a suite, program_list.h: each is a test.
 */
#include "base/mem.h"
#include "base/sys.h"
#include "suite/program_list.h"
#include "suite/programs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIST_MAX (64u << 20)

static int programs_read(const char *path, char **text, size_t *len,
			 struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	ssize_t got = 0;

	if (fd < 0)
		return err_sys(err, -errno, "it cannot be opened");
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    st.st_size > LIST_MAX) {
		close(fd);
		return err_set(err, -EINVAL, "it is no list of programs");
	}
	*text = mem_alloc((size_t)st.st_size + 1);
	got = sys_pread_all(fd, *text, (size_t)st.st_size, 0);
	close(fd);
	*len = got > 0 ? (size_t)got : 0;
	return got < 0 ? err_sys(err, (int)got, "it cannot be read") : 0;
}

/* The folder that paths of the list begin in; the caller frees it. */
static char *programs_folder(const char *path)
{
	char *whole = program_path(path, NULL), *slash = strrchr(whole, '/');

	slash[slash == whole] = '\0';
	return whole;
}

/* "unit.list" -> "unit" */
static const char *programs_scope(struct programs *all, const char *path)
{
	const char *base = strrchr(path, '/');
	const char *dot;

	base = base ? base + 1 : path;
	dot = strrchr(base, '.');
	if (!dot || dot == base)
		return programs_word(all, base);
	return programs_word(all, programs_keepf(all, "%.*s",
						 (int)(dot - base), base));
}

static int programs_open_list(struct adapter_suite *s, struct err *err)
{
	struct programs *all = programs_open(s);
	char *text = NULL, *folder;
	size_t len = 0;
	int ret = programs_read(s->path, &text, &len, err);

	if (ret == 0) {
		folder = programs_folder(s->path);
		ret = program_list_parse(all, &(struct program_list){
			.file = s->path,
			.folder = folder,
			.scope = programs_scope(all, s->path),
		}, text, len, err);
		free(folder);
	}
	free(text);
	return ret;
}

const struct adapter_ops adapter_programs = {
	.name = "programs",
	.help = "a list of programs with their arguments, one on a line",
	.lost = "no line of it names a program",
	.isolate = ISOLATE_EXEC,
	.open = programs_open_list,
	.list = programs_list,
	.close = programs_close,
	.bind = program_bind,
};
