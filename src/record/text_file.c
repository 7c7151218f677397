/* SPDX-License-Identifier: MIT */
#include "record/text_file.h"

#include "base/mem.h"
#include "base/sys.h"
#include "record/history_text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEXT_SIZE_MAX (UINT32_C(1) << 30)
#define TEXT_CHUNK 65536u

/* It may be a pipe. */
static int text_file_read(int fd, struct str *text)
{
	char *chunk = mem_alloc(TEXT_CHUNK);
	ssize_t got;

	do {
		got = read(fd, chunk, TEXT_CHUNK);
		if (got > 0)
			str_add_len(text, chunk, (size_t)got);
	} while ((got > 0 && text->len <= TEXT_SIZE_MAX) ||
		 (got < 0 && errno == EINTR));
	free(chunk);
	if (got < 0)
		return -errno;
	return got > 0 ? -EFBIG : 0;
}

int text_file_load(const char *path, struct library *library, struct err *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	struct str text = STR_INIT;
	int ret = fd < 0 ? -errno : text_file_read(fd, &text);

	if (fd >= 0 && !is_stdin)
		close(fd);
	if (ret < 0)
		err_sys(err, ret, "%s", path);
	else if ((ret = history_text_parse(library, str_get(&text), text.len,
					   err)) < 0)
		err_wrap(err, "%s", path);
	str_fini(&text);
	return ret;
}

static int text_file_write(const char *path, const struct str *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	int ret = fd < 0 ? -errno : sys_write_all(fd, text->text, text->len);

	if (ret == 0 && fsync(fd) < 0)
		ret = -errno;
	if (fd >= 0 && close(fd) < 0 && ret == 0)
		ret = -errno;
	return ret;
}

int text_file_save(const char *path, struct library *library, struct err *err)
{
	struct str text = STR_INIT, fresh = STR_INIT;
	int ret;

	history_text_make(&text, library);
	str_addf(&fresh, "%s.new", path);
	ret = text_file_write(str_get(&fresh), &text);
	if (ret == 0 && rename(str_get(&fresh), path) < 0)
		ret = -errno;
	if (ret < 0) {
		unlink(str_get(&fresh));
		err_sys(err, ret, "%s", path);
	}
	str_fini(&fresh);
	str_fini(&text);
	return ret;
}
