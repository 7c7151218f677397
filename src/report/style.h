/* SPDX-License-Identifier: MIT */
/*
 * style.h - what kind of text this is, as colours (SGR) or as nothing.
 *
 * Without colour the text alone says everything.  Pure.
 */
#ifndef REPORT_STYLE_H
#define REPORT_STYLE_H

#include "base/str.h"

#include <stdbool.h>

enum style {
	STYLE_GOOD, /* passed */
	STYLE_BAD,  /* failed, crashed, timed out */
	STYLE_NOTE, /* skipped, slow, leaked, a warning */
	STYLE_NAME, /* of a test */
	STYLE_FAINT,
	N_STYLES
};

void style_begin(struct str *out, bool color, enum style style);
void style_end(struct str *out, bool color);
void style_add(struct str *out, bool color, enum style style,
	       const char *text);

#endif
