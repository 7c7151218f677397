/* SPDX-License-Identifier: MIT */
/*
 * Text of unknown origin on its way to a terminal (report/utf8.c, visible.c).
 * OUT-4, OUT-8: no control byte and nothing that is not UTF-8 comes out; clipped
 * text keeps to its columns.  The decoder agrees with the one of base/json.c.
 *
 * Input: the columns, then the text.
 */
#include "report/visible.h"

#include "base/json.h"
#include "base/mem.h"
#include "fuzz.h"
#include "report/utf8.h"

#include <stdlib.h>
#include <string.h>

/* As doc says it, not as visible.c does. */
static bool is_safe(uint32_t c)
{
	static const uint32_t turning[] = {
		0x061c, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202b,
		0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069,
	};
	size_t i;

	for (i = 0; i < array_size(turning); i++)
		if (c == turning[i])
			return false;
	return (c >= 0x20 && c < 0x7f) || c >= 0xa0;
}

/* All of it is UTF-8 and harmless; its width. */
static size_t must_be_safe(const struct str *s, bool lines)
{
	size_t at = 0, width = 0, n;
	uint32_t c;

	while (at < s->len) {
		n = utf8_decode(s->text + at, s->len - at, &c);
		fuzz_must(n > 0, "byte %02x at %zu of %zu",
			  (unsigned char)s->text[at], at, s->len);
		fuzz_must(is_safe(c) || (lines && (c == '\n' || c == '\t')),
			  "U+%04X at %zu", c, at);
		width += (size_t)utf8_width(c);
		at += n;
	}
	return width;
}

static void try_clipped(const char *text, size_t columns, size_t full)
{
	struct str out = STR_INIT;
	size_t told = visible_add_clipped(&out, text, columns);

	fuzz_must(must_be_safe(&out, false) == told, "told %zu", told);
	fuzz_must(told <= columns, "%zu columns of %zu", told, columns);
	fuzz_must(full > columns || told == full, "cut without need");
	str_fini(&out);
}

static void try_text(const char *text, size_t columns)
{
	struct str out = STR_INIT;
	size_t width;

	visible_add(&out, text);
	width = must_be_safe(&out, false);
	try_clipped(text, columns, width);
	str_fini(&out);
}

static void try_lines(const char *bytes, size_t len)
{
	struct str out = STR_INIT;

	visible_add_lines(&out, "  | ", bytes, len);
	must_be_safe(&out, true);
	fuzz_must(!len || out.text[out.len - 1] == '\n', "no newline");
	str_fini(&out);
}

/* Two decoders, one opinion: JSON puts U+FFFD for what is not UTF-8. */
static void try_decoders(const char *bytes, size_t len)
{
	static const char unknown[] = "\"\xef\xbf\xbd";
	struct str out = STR_INIT;
	struct json j = { .out = &out };
	bool replaced;
	uint32_t c = 0;
	size_t n = utf8_decode(bytes, len, &c);

	json_text_len(&j, bytes, len);
	replaced = strncmp(out.text, unknown, 4) == 0;
	fuzz_must(replaced == (n == 0 || c == 0xfffd), "U+%04X, %zu bytes", c,
		  n);
	str_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { .at = data, .left = size };
	size_t columns = fuzz_byte(&in);
	const char *bytes = (const char *)in.at;
	char *text = mem_strndup(bytes, in.left);

	try_text(text, columns);
	try_lines(bytes, in.left);
	if (in.left)
		try_decoders(bytes, in.left);
	free(text);
	return 0;
}
