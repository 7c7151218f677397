/* SPDX-License-Identifier: MIT */
/*
 * json_valid.h - is this one JSON value and nothing else?  Strict (RFC 8259):
 * UTF-8 without exceptions, no control character in a string, no leading
 * zeros.  For targets whose output must be JSON; written apart from
 * base/json.c, which only writes.
 */
#ifndef TESTS_FUZZ_JSON_VALID_H
#define TESTS_FUZZ_JSON_VALID_H

#include <stdbool.h>
#include <stddef.h>

bool json_is_valid(const char *text, size_t len);

#endif
