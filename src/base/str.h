/* SPDX-License-Identifier: MIT */
/*
 * str.h - a string that grows.
 *
 * Always terminated, may hold NUL bytes (len counts).  The owner calls
 * str_fini().  Not for workers' hot path: it allocates.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include "base/compiler.h"

#include <stdarg.h>
#include <stddef.h>

struct str {
	char *text; /* NULL while empty and never grown */
	size_t len;
	size_t cap;
};

#define STR_INIT { 0 }

void str_fini(struct str *s);
void str_clear(struct str *s); /* length 0, memory kept */
void str_drop(struct str *s, size_t n); /* its first n bytes */
void str_add(struct str *s, const char *text);
void str_add_len(struct str *s, const char *bytes, size_t len);
void str_add_char(struct str *s, char c);
void str_addf(struct str *s, const char *fmt, ...) printf_like(2, 3);
void str_vaddf(struct str *s, const char *fmt, va_list ap) printf_like(2, 0);

/* The text, "" when empty; valid until the next change. */
const char *str_get(const struct str *s);

#endif
