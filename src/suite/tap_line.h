/* SPDX-License-Identifier: MIT */
/*
 * tap_line.h - what stands in a line of TAP; of the lines before it nothing is
 * known.  Pure, any role.
 */
#ifndef SUITE_TAP_LINE_H
#define SUITE_TAP_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool tap_line_is_blank(char c);
const char *tap_line_skip_blanks(const char *at);
/* Digits; what is above any limit stays there.  False when there are none. */
bool tap_line_take_number(const char **at, uint32_t *number);
/* Copies len bytes to out, which has room, without \ in front of # and \, and
 * without blanks at the end. */
void tap_line_copy(char *out, const char *at, size_t len);
/* "file: x" and "line: 3" of a YAML block, at any depth; and as JSON, on one
 * line, what shmrun itself writes.  The value, or NULL. */
const char *tap_line_find_key(const char *line, const char *key);
/* The # of a directive, which stands apart; NULL = there is none. */
const char *tap_line_find_directive(const char *text);
/* "ok", and behind it no word that goes on. */
bool tap_line_is_ok(const char *at);
/* Past colours, and a mark of UTF-8. */
const char *tap_line_skip_paint(const char *at);
/* Not spelled as one, but a reader sees a failed point: NOT OK 1, not  ok 1. */
bool tap_line_looks_failed(const char *line);

#endif
