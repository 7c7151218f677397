/* SPDX-License-Identifier: MIT */
#include "base/json.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static void json_value(struct json *j)
{
	if (j->comma)
		str_add_char(j->out, ',');
	j->comma = true;
}

void json_open(struct json *j, char bracket)
{
	json_value(j);
	str_add_char(j->out, bracket);
	j->comma = false;
}

void json_close(struct json *j, char bracket)
{
	str_add_char(j->out, bracket);
	j->comma = true;
}

/* Length of the valid UTF-8 sequence at s, 0 if there is none (RFC 3629). */
static size_t json_utf8(const unsigned char *s, size_t len)
{
	size_t n = s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3
		   : s[0] < 0xf5 ? 4 : 0;
	size_t i;

	if (s[0] < 0x80)
		return 1;
	if (!n || n > len)
		return 0;
	for (i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return n;
}

static void json_escape(struct json *j, unsigned char c)
{
	switch (c) {
	case '"': str_add(j->out, "\\\""); break;
	case '\\': str_add(j->out, "\\\\"); break;
	case '\n': str_add(j->out, "\\n"); break;
	case '\t': str_add(j->out, "\\t"); break;
	case '\r': str_add(j->out, "\\r"); break;
	default: str_addf(j->out, "\\u%04x", c); break;
	}
}

static bool json_is_plain(unsigned char c)
{
	return c >= 0x20 && c != '"' && c != '\\' && c != 0x7f;
}

static void json_string(struct json *j, const char *bytes, size_t len)
{
	const unsigned char *s = (const unsigned char *)bytes;
	size_t i = 0;

	str_add_char(j->out, '"');
	while (i < len) {
		size_t n = json_utf8(s + i, len - i);

		if (n == 0)
			str_add(j->out, "\xef\xbf\xbd");
		else if (n == 1 && !json_is_plain(s[i]))
			json_escape(j, s[i]);
		else
			str_add_len(j->out, bytes + i, n);
		i += n ? n : 1;
	}
	str_add_char(j->out, '"');
}

void json_key(struct json *j, const char *key)
{
	json_value(j);
	json_string(j, key, strlen(key));
	str_add_char(j->out, ':');
	j->comma = false;
}

void json_text_len(struct json *j, const char *bytes, size_t len)
{
	json_value(j);
	json_string(j, bytes, len);
}

void json_text(struct json *j, const char *text)
{
	json_text_len(j, text, strlen(text));
}

void json_int(struct json *j, int64_t value)
{
	json_value(j);
	str_addf(j->out, "%" PRId64, value);
}

void json_uint(struct json *j, uint64_t value)
{
	json_value(j);
	str_addf(j->out, "%" PRIu64, value);
}

void json_real(struct json *j, double value)
{
	json_value(j);
	if (isfinite(value))
		str_addf(j->out, "%.9g", value);
	else
		str_add(j->out, "null");
}

void json_bool(struct json *j, bool value)
{
	json_value(j);
	str_add(j->out, value ? "true" : "false");
}
