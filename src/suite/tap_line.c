/* SPDX-License-Identifier: MIT */
#include "suite/tap_line.h"

#include "base/compiler.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

bool tap_line_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

const char *tap_line_skip_blanks(const char *at)
{
	while (tap_line_is_blank(*at))
		at++;
	return at;
}

bool tap_line_take_number(const char **at, uint32_t *number)
{
	uint64_t value = 0;

	if (!isdigit((unsigned char)**at))
		return false;
	for (; isdigit((unsigned char)**at); (*at)++)
		value = min_of(value * 10 + (uint64_t)(**at - '0'),
			       (uint64_t)UINT32_MAX);
	*number = (uint32_t)value;
	return true;
}

void tap_line_copy(char *out, const char *at, size_t len)
{
	const char *end = at + len;
	char *to = out;

	while (at < end) {
		if (*at == '\\' && at + 1 < end &&
		    (at[1] == '#' || at[1] == '\\'))
			at++;
		*to++ = *at++;
	}
	while (to > out && tap_line_is_blank(to[-1]))
		to--;
	*to = '\0';
}

const char *tap_line_find_key(const char *line, const char *key)
{
	size_t len = strlen(key);
	const char *at;

	for (at = strstr(line, key); at; at = strstr(at + 1, key)) {
		const char *value = at + len;

		if (at > line && !strchr(" \t{,\"-", at[-1]))
			continue;
		if (*value == '"')
			value++;
		if (*value == ':')
			return tap_line_skip_blanks(value + 1);
	}
	return NULL;
}

const char *tap_line_find_directive(const char *text)
{
	const char *at;

	for (at = text; *at; at++) {
		const char *word;

		if (*at == '\\' && at[1]) {
			at++;
			continue;
		}
		if (*at != '#' || (at > text && !tap_line_is_blank(at[-1])))
			continue;
		word = tap_line_skip_blanks(at + 1);
		if ((strncasecmp(word, "skip", 4) == 0 ||
		     strncasecmp(word, "todo", 4) == 0) &&
		    !isalnum((unsigned char)word[4]) && word[4] != '_')
			return at;
	}
	return NULL;
}

bool tap_line_is_ok(const char *at)
{
	return strncmp(at, "ok", 2) == 0 && !isalnum((unsigned char)at[2]) &&
	       at[2] != '_';
}

const char *tap_line_skip_paint(const char *at)
{
	for (;;) {
		if (strncmp(at, "\xef\xbb\xbf", 3) == 0)
			at += 3;
		else if (at[0] == '\033' && at[1] == '[')
			for (at += 2; *at && !isalpha((unsigned char)*at++);)
				;
		else
			return at;
	}
}

bool tap_line_looks_failed(const char *line)
{
	const char *at = tap_line_skip_paint(tap_line_skip_blanks(line));

	if (strncasecmp(at, "not", 3) != 0)
		return false;
	at += 3 + strspn(at + 3, " \t_-");
	return strncasecmp(at, "ok", 2) == 0 && !isalpha((unsigned char)at[2]);
}
