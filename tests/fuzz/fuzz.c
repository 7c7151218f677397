/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include "base/mem.h"
#include "base/sys.h"
#include "base/vec.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uint64_t fuzz_number(struct fuzz_input *in, size_t size)
{
	const uint8_t *bytes;
	size_t n = fuzz_bytes(in, size, &bytes), i;
	uint64_t value = 0;

	for (i = 0; i < n; i++)
		value |= (uint64_t)bytes[i] << 8 * i;
	return value;
}

uint8_t fuzz_byte(struct fuzz_input *in)
{
	return (uint8_t)fuzz_number(in, 1);
}

uint32_t fuzz_u32(struct fuzz_input *in)
{
	return (uint32_t)fuzz_number(in, 4);
}

uint64_t fuzz_u64(struct fuzz_input *in)
{
	return fuzz_number(in, 8);
}

size_t fuzz_bytes(struct fuzz_input *in, size_t n, const uint8_t **bytes)
{
	n = min_of(n, in->left);
	*bytes = in->at;
	in->at += n;
	in->left -= n;
	return n;
}

char *fuzz_line(struct fuzz_input *in)
{
	const uint8_t *bytes, *end;
	size_t n;

	if (in->left == 0)
		return NULL;
	end = memchr(in->at, '\n', in->left);
	n = fuzz_bytes(in, end ? (size_t)(end - in->at) : in->left, &bytes);
	if (end)
		fuzz_byte(in);
	return mem_strndup((const char *)bytes, n);
}

char **fuzz_lines(struct fuzz_input *in, uint32_t *n)
{
	char **lines = NULL, *line;
	size_t cap = 0;

	*n = 0;
	for (;;) {
		vec_room(lines, *n, cap);
		line = fuzz_line(in);
		lines[*n] = line;
		if (!line)
			return lines;
		if (strcmp(line, "--") == 0)
			break;
		++*n;
	}
	free(line);
	lines[*n] = NULL;
	return lines;
}

void fuzz_free_lines(char **lines)
{
	char **at;

	for (at = lines; *at; at++)
		free(*at);
	free(lines);
}

void fuzz_fill_file(int *fd, const void *bytes, size_t len)
{
	if (*fd < 0)
		*fd = sys_memfd("fuzz");
	if (*fd < 0 || ftruncate(*fd, 0) < 0 || lseek(*fd, 0, SEEK_SET) < 0 ||
	    sys_write_all(*fd, bytes, len) < 0 || lseek(*fd, 0, SEEK_SET) < 0)
		fuzz_fail(__FILE__, __LINE__, "a file in memory",
			  "cannot be written");
}

uint64_t fuzz_descriptors(void)
{
	uint64_t open = 0;
	int fd;

	for (fd = 0; fd < 64; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			open |= UINT64_C(1) << fd;
	return open;
}

void fuzz_fail(const char *file, int line, const char *cond, const char *fmt,
	       ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	dprintf(STDERR_FILENO, "%s:%d: %s: %s\n", file, line, cond, text);
	abort();
}
