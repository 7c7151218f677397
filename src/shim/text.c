/* SPDX-License-Identifier: MIT */
/* Texts that grow, tokens, dumps, and plain memory: with fork(2) a test's
 * parameters need no arena. */
#include "shim/shim.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

int cri_fmt_vbprintf(char **text, size_t *offset, size_t *size,
		     const char *fmt, va_list ap)
{
	size_t start = 0;
	va_list again;
	char *grown;
	int len;

	if (!offset)
		offset = &start;
	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (len < 0)
		return -errno;
	grown = realloc(*text, *size + (size_t)len + 1);
	if (!grown)
		return -errno;
	*text = grown;
	*size += (size_t)len;
	vsnprintf(grown + *offset, (size_t)len + 1, fmt, ap);
	*offset += (size_t)len;
	return 0;
}

int cri_fmt_bprintf(char **text, size_t *offset, size_t *size,
		    const char *fmt, ...)
{
	va_list ap;
	int ret;

	va_start(ap, fmt);
	ret = cri_fmt_vbprintf(text, offset, size, fmt, ap);
	va_end(ap);
	return ret;
}

int cr_vasprintf(char **text, const char *fmt, va_list ap)
{
	char *made = NULL;
	size_t size = 0;
	int ret = cri_fmt_vbprintf(&made, NULL, &size, fmt, ap);

	if (ret < 0)
		return ret;
	*text = made;
	return (int)size;
}

int cr_asprintf(char **text, const char *fmt, ...)
{
	va_list ap;
	int ret;

	va_start(ap, fmt);
	ret = cr_vasprintf(text, fmt, ap);
	va_end(ap);
	return ret;
}

void cr_asprintf_free(char *text)
{
	free(text);
}

char *cri_strtok_r(char *text, const char *delim, char **save)
{
	return strtok_r(text, delim, save);
}

/* ---- dumps ----------------------------------------------------------- */

#define DUMP_LINE 16
/* "0123456789abcdef: " and per byte two digits, a blank and itself. */
#define DUMP_LINE_CAP (20 + DUMP_LINE * 4 + 2)

static size_t dump_line(char *out, const unsigned char *bytes, size_t address,
			size_t n)
{
	size_t len = (size_t)sprintf(out, "%04zx:", address), i;

	for (i = 0; i < DUMP_LINE; i++) {
		if (i % 4 == 0)
			out[len++] = ' ';
		len += (size_t)sprintf(out + len, i < n ? "%02x" : "  ",
				       i < n ? bytes[i] : 0u);
	}
	out[len++] = ' ';
	for (i = 0; i < n; i++)
		out[len++] = isprint(bytes[i]) ? (char)bytes[i] : '.';
	out[len++] = '\n';
	return len;
}

char *cri_string_xxd(const void *data, size_t start, size_t size)
{
	size_t lines = size / DUMP_LINE + 1, len = 0, at;
	char *out = malloc(lines * DUMP_LINE_CAP + 1);

	if (!out)
		abort();
	for (at = 0; at < size; at += DUMP_LINE)
		len += dump_line(out + len, (const unsigned char *)data + at,
				 start + at,
				 min_of(size - at, (size_t)DUMP_LINE));
	out[len] = '\0';
	return out;
}

/* ---- memory ---------------------------------------------------------- */

void *cr_malloc(size_t size)
{
	return malloc(size);
}

void *cr_calloc(size_t n, size_t size)
{
	return calloc(n, size);
}

void *cr_realloc(void *p, size_t size)
{
	return realloc(p, size);
}

void cr_free(void *p)
{
	free(p);
}
