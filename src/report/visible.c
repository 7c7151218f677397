/* SPDX-License-Identifier: MIT */
#include "report/visible.h"

#include "report/utf8.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* One character as it will be shown. */
struct visible {
	char text[16];
	size_t len;   /* of text */
	size_t width; /* in columns */
	size_t used;  /* bytes of the source */
};

static bool visible_is_harmful(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c ||
	       c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069);
}

static void visible_escape(struct visible *v, const char *fmt, unsigned c)
{
	v->len = (size_t)snprintf(v->text, sizeof(v->text), fmt, c);
	v->width = v->len;
}

static struct visible visible_take(const char *bytes, size_t len)
{
	struct visible v = { 0 };
	uint32_t c;

	v.used = utf8_decode(bytes, len, &c);
	if (v.used == 0) {
		v.used = 1;
		visible_escape(&v, "\\x%02X", (unsigned char)bytes[0]);
	} else if (!visible_is_harmful(c)) {
		memcpy(v.text, bytes, v.used);
		v.len = v.used;
		v.width = (size_t)utf8_width(c);
	} else if (c < 0x80) {
		visible_escape(&v, "\\x%02X", c);
	} else {
		visible_escape(&v, "\\u{%X}", c);
	}
	return v;
}

static bool visible_is_plain(char c)
{
	return (unsigned char)(c - 0x20) < 0x7f - 0x20;
}

static size_t visible_plain_run(const char *bytes, size_t len)
{
	size_t n = 0;

	while (n < len && visible_is_plain(bytes[n]))
		n++;
	return n;
}

static void visible_add_line(struct str *out, const char *bytes, size_t len,
			     bool keep_tabs)
{
	while (len > 0) {
		size_t n = visible_plain_run(bytes, len);

		str_add_len(out, bytes, n);
		if (n == 0 && keep_tabs && *bytes == '\t') {
			str_add_char(out, '\t');
			n = 1;
		} else if (n == 0) {
			struct visible v = visible_take(bytes, len);

			str_add_len(out, v.text, v.len);
			n = v.used;
		}
		bytes += n;
		len -= n;
	}
}

void visible_add(struct str *out, const char *text)
{
	visible_add_line(out, text, strlen(text), false);
}

size_t visible_add_clipped(struct str *out, const char *text, size_t columns)
{
	size_t left = strlen(text), width = 0;
	size_t safe = out->len, safe_width = 0; /* where "..." still fits */
	size_t dots = columns < 3 ? columns : 3;

	while (left > 0) {
		struct visible v = visible_take(text, left);

		if (width + v.width > columns) {
			out->len = safe;
			str_add_len(out, "...", dots);
			return safe_width + dots;
		}
		str_add_len(out, v.text, v.len);
		width += v.width;
		if (width + dots <= columns) {
			safe = out->len;
			safe_width = width;
		}
		text += v.used;
		left -= v.used;
	}
	return width;
}

void visible_add_lines(struct str *out, const char *indent, const char *bytes,
		       size_t len)
{
	while (len > 0) {
		const char *end = memchr(bytes, '\n', len);
		size_t n = end ? (size_t)(end - bytes) : len;

		if (n > 0)
			str_add(out, indent);
		visible_add_line(out, bytes, n, true);
		str_add_char(out, '\n');
		n += end != NULL;
		bytes += n;
		len -= n;
	}
}
