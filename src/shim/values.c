/* SPDX-License-Identifier: MIT */
/* Values that cr_assert(eq(str, ...)) and its like compare and show. */
#include "shim/shim.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/* ---- strings --------------------------------------------------------- */

int cr_user_str_eq(char **a, char **b)
{
	return strcmp(*a, *b) == 0;
}

int cr_user_str_lt(char **a, char **b)
{
	return strcmp(*a, *b) < 0;
}

int cr_user_str_zero(char **s)
{
	return **s == '\0';
}

/* "one\n"
 * "two": a literal per line. */
static char *value_quote(const char *prefix, const char *s)
{
	size_t size = 0, len = 0, n;
	char *out = NULL;

	if (!s)
		return strdup("NULL");
	for (;;) {
		n = strcspn(s, "\n");
		if (cri_fmt_bprintf(&out, &len, &size, "%s\"%.*s", prefix,
				    (int)n, s) < 0)
			abort();
		s += n;
		if (!*s++)
			break;
		if (cri_fmt_bprintf(&out, &len, &size, "\\n\"\n") < 0)
			abort();
	}
	if (cri_fmt_bprintf(&out, &len, &size, "\"") < 0)
		abort();
	return out;
}

char *cr_user_str_tostr(char **s)
{
	return value_quote("", *s);
}

/* ---- wide strings ---------------------------------------------------- */

int cr_user_wcs_eq(wchar_t **a, wchar_t **b)
{
	return wcscmp(*a, *b) == 0;
}

int cr_user_wcs_lt(wchar_t **a, wchar_t **b)
{
	return wcscmp(*a, *b) < 0;
}

int cr_user_wcs_zero(wchar_t **s)
{
	return **s == L'\0';
}

/* One character as UTF-8, whatever the locale; its length. */
static size_t value_utf8(char *out, uint32_t c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		c = 0xfffd;
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

char *cr_user_wcs_tostr(wchar_t **s)
{
	char *narrow, *shown;
	size_t len = 0, i;

	if (!*s)
		return strdup("NULL");
	narrow = malloc(wcslen(*s) * 4 + 1);
	if (!narrow)
		abort();
	for (i = 0; (*s)[i]; i++)
		len += value_utf8(narrow + len, (uint32_t)(*s)[i]);
	narrow[len] = '\0';
	shown = value_quote("L", narrow);
	free(narrow);
	return shown;
}

/* ---- memory ---------------------------------------------------------- */

int cr_user_mem_eq(const struct cr_mem *a, const struct cr_mem *b)
{
	return a->size == b->size && memcmp(a->data, b->data, a->size) == 0;
}

int cr_user_mem_lt(const struct cr_mem *a, const struct cr_mem *b)
{
	if (a->size != b->size)
		return a->size < b->size;
	return memcmp(a->data, b->data, a->size) < 0;
}

char *cr_user_mem_tostr(const struct cr_mem *m)
{
	return cri_string_xxd(m->data, 0, m->size);
}

/* ---- streams --------------------------------------------------------- */

/* Fills its buffer as far as the stream goes; false = it cannot be read. */
static bool stream_fill(struct cr_stream *s)
{
	struct cri_stream_data *d = s->cri_data;
	size_t len = 0, n;

	d->cursor += d->remaining;
	do {
		n = SHIM_STREAM_CAP - len;
		if (s->read(s->cookie, d->buffer + len, &n) != 0)
			return false;
		len += n;
	} while (n && len < SHIM_STREAM_CAP);
	d->remaining = len;
	return true;
}

static int stream_order(struct cr_stream *a, struct cr_stream *b)
{
	const struct cri_stream_data *da = a->cri_data, *db = b->cri_data;
	size_t n;
	int cmp;

	do {
		if (!stream_fill(a))
			return -1;
		if (!stream_fill(b))
			return 1;
		n = min_of(da->remaining, db->remaining);
		cmp = memcmp(da->buffer, db->buffer, n);
		if (!cmp)
			cmp = (da->remaining > db->remaining) -
			      (da->remaining < db->remaining);
	} while (!cmp && n);
	return cmp;
}

/* A stream can be read once: what came of it is remembered. */
static int stream_compare(struct cr_stream *a, struct cr_stream *b)
{
	int cmp;

	if (a->cri_data->dirty)
		return a->cri_data->cmp;
	if (b->cri_data->dirty)
		return -b->cri_data->cmp;
	cmp = stream_order(a, b);
	a->cri_data->dirty = b->cri_data->dirty = 1;
	a->cri_data->cmp = cmp;
	b->cri_data->cmp = -cmp;
	return cmp;
}

int cr_user_stream_eq(struct cr_stream *a, struct cr_stream *b)
{
	return stream_compare(a, b) == 0;
}

int cr_user_stream_lt(struct cr_stream *a, struct cr_stream *b)
{
	return stream_compare(a, b) < 0;
}

char *cr_user_stream_tostr(const struct cr_stream *s)
{
	return cri_string_xxd(s->cri_data->buffer, s->cri_data->cursor,
			      s->cri_data->remaining);
}

void cr_stream_init(struct cr_stream *s)
{
	s->cri_data = calloc(1, sizeof(*s->cri_data));
	if (!s->cri_data)
		abort();
	s->cri_data->ref = 1;
}

void cr_stream_close(struct cr_stream *s)
{
	if (--s->cri_data->ref > 0)
		return;
	if (s->close)
		s->close(s->cookie);
	free(s->cri_data);
}
