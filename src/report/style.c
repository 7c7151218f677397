/* SPDX-License-Identifier: MIT */
#include "report/style.h"

static const char *const style_codes[N_STYLES] = {
	[STYLE_GOOD] = "\033[32;1m",
	[STYLE_BAD] = "\033[31;1m",
	[STYLE_NOTE] = "\033[33;1m",
	[STYLE_NAME] = "\033[34;1m",
	[STYLE_FAINT] = "\033[2m",
};

void style_begin(struct str *out, bool color, enum style style)
{
	if (color)
		str_add(out, style_codes[style]);
}

void style_end(struct str *out, bool color)
{
	if (color)
		str_add(out, "\033[0m");
}

void style_add(struct str *out, bool color, enum style style, const char *text)
{
	style_begin(out, color, style);
	str_add(out, text);
	style_end(out, color);
}
