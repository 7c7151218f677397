/* SPDX-License-Identifier: MIT */
/*
 * html_text.h - any bytes as text of an HTML page that is well-formed XML
 * too, and the small pieces that its parts share.
 *
 * As xml.h, which it goes through; what turns the direction of text and what
 * else is not printed comes out as \u{202E} (OUT-4).  Pure.
 */
#ifndef REPORT_HTML_TEXT_H
#define REPORT_HTML_TEXT_H

#include "base/str.h"
#include "model/event.h"

#include <stdbool.h>
#include <stdint.h>

/* Names are cut behind so many bytes, with an ellipsis. */
#define HTML_NAME_MAX 120u

/* Good between tags and in a quoted attribute. */
void html_add(struct str *out, const char *bytes, size_t len);
void html_add_text(struct str *out, const char *text);

/* At most `most` bytes of it, at the end of a character. */
void html_add_clipped(struct str *out, const char *bytes, size_t len,
		      size_t most);

/* The name of the test at a position, clipped. */
void html_add_name(struct str *out, const struct event_run *run,
		   uint32_t position);

/* "12.3 ms": three digits and a unit; "1m05s" from a minute on. */
void html_add_duration(struct str *out, uint64_t ns);

/* "1,234,567" */
void html_add_count(struct str *out, uint64_t n);

/* What of an outcome has a colour: "pass", "fail", "skip". */
const char *html_class(enum outcome outcome);
/* The colour where styles are not allowed: readable on black and white. */
const char *html_colour(enum outcome outcome);

#endif
