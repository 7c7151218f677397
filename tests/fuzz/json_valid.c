/* SPDX-License-Identifier: MIT */
#include "json_valid.h"

#include <stdint.h>
#include <string.h>

#define DEPTH_MAX 1000

struct reader {
	const unsigned char *at, *end;
	int depth;
};

static bool valid_value(struct reader *r);

static int peek(const struct reader *r)
{
	return r->at < r->end ? *r->at : -1;
}

static bool take(struct reader *r, int c)
{
	if (peek(r) != c)
		return false;
	r->at++;
	return true;
}

static bool take_word(struct reader *r, const char *word)
{
	while (*word)
		if (!take(r, *word++))
			return false;
	return true;
}

static bool is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(int c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool take_digits(struct reader *r)
{
	if (!is_digit(peek(r)))
		return false;
	while (is_digit(peek(r)))
		r->at++;
	return true;
}

static bool valid_number(struct reader *r)
{
	take(r, '-');
	if (!take(r, '0') && !take_digits(r))
		return false;
	if (take(r, '.') && !take_digits(r))
		return false;
	if (peek(r) != 'e' && peek(r) != 'E')
		return true;
	r->at++;
	if (!take(r, '+'))
		take(r, '-');
	return take_digits(r);
}

static bool valid_escape(struct reader *r)
{
	int c = peek(r), i;

	if (c < 0 || !strchr("\"\\/bfnrtu", c))
		return false;
	r->at++;
	for (i = 0; c == 'u' && i < 4; i++, r->at++)
		if (!is_hex(peek(r)))
			return false;
	return true;
}

/* One character of two bytes and more, by its value. */
static bool valid_character(struct reader *r)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	uint32_t c = *r->at++;
	int more = (c & 0xe0) == 0xc0   ? 1
		   : (c & 0xf0) == 0xe0 ? 2
		   : (c & 0xf8) == 0xf0 ? 3
					: 0;
	int i;

	c &= 0x3fu >> more;
	for (i = 0; i < more; i++) {
		if (peek(r) < 0x80 || peek(r) > 0xbf)
			return false;
		c = c << 6 | (*r->at++ & 0x3fu);
	}
	return more && c >= least[more] && c <= 0x10ffff &&
	       (c < 0xd800 || c > 0xdfff);
}

static bool valid_string(struct reader *r)
{
	if (!take(r, '"'))
		return false;
	while (!take(r, '"')) {
		int c = peek(r);

		if (c < 0x20)
			return false;
		if (c >= 0x80) {
			if (!valid_character(r))
				return false;
			continue;
		}
		r->at++;
		if (c == '\\' && !valid_escape(r))
			return false;
	}
	return true;
}

static bool valid_member(struct reader *r)
{
	return valid_string(r) && take(r, ':') && valid_value(r);
}

static bool valid_list(struct reader *r, int close,
		       bool (*item)(struct reader *r))
{
	r->at++;
	if (take(r, close))
		return true;
	do {
		if (!item(r))
			return false;
	} while (take(r, ','));
	return take(r, close);
}

/* Without blanks: the writer puts none. */
static bool valid_value(struct reader *r)
{
	bool valid;

	if (++r->depth > DEPTH_MAX)
		return false;
	switch (peek(r)) {
	case '{':
		valid = valid_list(r, '}', valid_member);
		break;
	case '[':
		valid = valid_list(r, ']', valid_value);
		break;
	case '"':
		valid = valid_string(r);
		break;
	case 't':
		valid = take_word(r, "true");
		break;
	case 'f':
		valid = take_word(r, "false");
		break;
	case 'n':
		valid = take_word(r, "null");
		break;
	default:
		valid = valid_number(r);
	}
	r->depth--;
	return valid;
}

bool json_is_valid(const char *text, size_t len)
{
	struct reader r = { .at = (const unsigned char *)text,
			    .end = (const unsigned char *)text + len };

	return valid_value(&r) && r.at == r.end;
}
