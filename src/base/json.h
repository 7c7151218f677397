/* SPDX-License-Identifier: MIT */
/*
 * json.h - writes JSON (RFC 8259) into a string; json_tree.h reads it.
 *
 * Text may be any bytes: it is decoded as strict UTF-8, and each byte that is
 * not part of a valid sequence becomes U+FFFD.  Control characters are
 * escaped.  Commas are put where they belong; the caller closes what it
 * opened.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct json {
	struct str *out;
	bool comma; /* the next value needs one in front */
};

void json_open(struct json *j, char bracket);  /* '{' or '[' */
void json_close(struct json *j, char bracket); /* '}' or ']' */
void json_key(struct json *j, const char *key);
void json_text(struct json *j, const char *text);
void json_text_len(struct json *j, const char *bytes, size_t len);
void json_int(struct json *j, int64_t value);
void json_uint(struct json *j, uint64_t value);
void json_real(struct json *j, double value); /* null when not finite */
void json_bool(struct json *j, bool value);

/* ---- with the key in front ------------------------------------------------ */

static inline void json_put_text(struct json *j, const char *key,
				 const char *text)
{
	json_key(j, key);
	json_text(j, text);
}

static inline void json_put_text_len(struct json *j, const char *key,
				     const char *bytes, size_t len)
{
	json_key(j, key);
	json_text_len(j, bytes, len);
}

static inline void json_put_int(struct json *j, const char *key, int64_t value)
{
	json_key(j, key);
	json_int(j, value);
}

static inline void json_put_uint(struct json *j, const char *key,
				 uint64_t value)
{
	json_key(j, key);
	json_uint(j, value);
}

static inline void json_put_real(struct json *j, const char *key, double value)
{
	json_key(j, key);
	json_real(j, value);
}

static inline void json_put_bool(struct json *j, const char *key, bool value)
{
	json_key(j, key);
	json_bool(j, value);
}

#endif
