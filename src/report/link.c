/* SPDX-License-Identifier: MIT */
#include "report/link.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static bool link_is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c && strchr("-._~/", c));
}

static void link_add_escaped(struct str *out, const char *text)
{
	for (; *text; text++)
		if (link_is_plain(*text))
			str_add_char(out, *text);
		else
			str_addf(out, "%%%02X", (unsigned char)*text);
}

bool link_begin(struct str *out, const char *host, const char *file)
{
	char path[PATH_MAX];

	if (!host || !realpath(file, path))
		return false;
	str_add(out, "\033]8;;file://");
	link_add_escaped(out, host);
	link_add_escaped(out, path);
	str_add(out, "\033\\");
	return true;
}

void link_end(struct str *out)
{
	str_add(out, "\033]8;;\033\\");
}
