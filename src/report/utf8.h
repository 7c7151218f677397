/* SPDX-License-Identifier: MIT */
/*
 * utf8.h - strict UTF-8 decoding (RFC 3629) and display widths.
 *
 * Independent of the locale: the same bytes give the same report
 * everywhere.  Pure.
 */
#ifndef REPORT_UTF8_H
#define REPORT_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of the first character (at most len), 0 if they are not UTF-8. */
size_t utf8_decode(const char *bytes, size_t len, uint32_t *character);

/* Columns on a terminal: 0, 1 or 2. */
int utf8_width(uint32_t character);

#endif
