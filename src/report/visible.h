/* SPDX-License-Identifier: MIT */
/*
 * visible.h - text of unknown origin, made safe to print.
 *
 * Whatever a test writes or is called, a terminal is never scribbled on:
 * control characters (C0, DEL, C1), characters that turn the direction of
 * text, and each byte that is not UTF-8 come out as \x1B or \u{202E}.
 * Always, also into files, so that a report does not depend on where it
 * goes.  Pure.
 */
#ifndef REPORT_VISIBLE_H
#define REPORT_VISIBLE_H

#include "base/str.h"

/* On one line: newlines and tabs are escaped too. */
void visible_add(struct str *out, const char *text);

/* As visible_add(), at most columns wide; cut text ends in "...".  Returns
 * the columns used. */
size_t visible_add_clipped(struct str *out, const char *text, size_t columns);

/* Lines, each behind the indent; newlines and tabs stay.  Ends with a
 * newline unless there is no text. */
void visible_add_lines(struct str *out, const char *indent, const char *bytes,
		       size_t len);

#endif
