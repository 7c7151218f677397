/* SPDX-License-Identifier: MIT */
#include "report/utf8.h"

#include "base/compiler.h"

#include <stdbool.h>

/* Length by the first byte, and its value bits; 0 = cannot be first. */
static size_t utf8_first(unsigned char c, uint32_t *bits)
{
	*bits = c;
	if (c < 0x80)
		return 1;
	if (c < 0xc2 || c > 0xf4)
		return 0;
	if (c < 0xe0) {
		*bits = c & 0x1f;
		return 2;
	}
	if (c < 0xf0) {
		*bits = c & 0x0f;
		return 3;
	}
	*bits = c & 0x07;
	return 4;
}

static bool utf8_is_allowed(uint32_t c, size_t n)
{
	static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };

	return c >= least[n] && c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
}

size_t utf8_decode(const char *bytes, size_t len, uint32_t *character)
{
	const unsigned char *s = (const unsigned char *)bytes;
	uint32_t c;
	size_t n, i;

	if (len == 0)
		return 0;
	n = utf8_first(s[0], &c);
	if (n == 0 || n > len)
		return 0;
	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (!utf8_is_allowed(c, n))
		return 0;
	*character = c;
	return n;
}

struct utf8_range {
	uint32_t first, last;
};

static bool utf8_is_in(uint32_t c, const struct utf8_range *ranges, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

/* The blocks that matter for names, not the whole of UAX #11. */
int utf8_width(uint32_t c)
{
	static const struct utf8_range none[] = {
		{ 0x0300, 0x036f }, { 0x0483, 0x0489 }, { 0x0591, 0x05bd },
		{ 0x064b, 0x065f }, { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff },
		{ 0x200b, 0x200f }, { 0x20d0, 0x20ff }, { 0xfe00, 0xfe0f },
		{ 0xfe20, 0xfe2f }, { 0xe0100, 0xe01ef },
	};
	static const struct utf8_range wide[] = {
		{ 0x1100, 0x115f },   { 0x2e80, 0x303e },
		{ 0x3041, 0xa4cf },   { 0xa960, 0xa97f },
		{ 0xac00, 0xd7a3 },   { 0xf900, 0xfaff },
		{ 0xfe30, 0xfe6f },   { 0xff00, 0xff60 },
		{ 0xffe0, 0xffe6 },   { 0x1f300, 0x1f64f },
		{ 0x1f680, 0x1f6ff }, { 0x1f900, 0x1f9ff },
		{ 0x20000, 0x3fffd },
	};

	if (c < 0x300)
		return 1;
	if (utf8_is_in(c, none, array_size(none)))
		return 0;
	return utf8_is_in(c, wide, array_size(wide)) ? 2 : 1;
}
