/* SPDX-License-Identifier: MIT */
/*
 * pack.h - values as bytes and back: the alphabet of a recording.
 *
 * Numbers are varints (7 bits a byte, the lowest first; at most 10 bytes),
 * signed ones zigzag, texts a length, the bytes and a NUL, so that they can
 * be used where they lie.  Reading is bounds-checked and never fails loudly:
 * past the end, or after anything that cannot be, `bad` is set and all
 * values are 0 and all texts "".  Pure; runner only.  Who has a struct pack
 * ends it with pack_fini(); a struct unpack owns nothing.
 */
#ifndef RECORD_PACK_H
#define RECORD_PACK_H

#include "base/compiler.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VARINT_MAX 10u

struct pack {
	uint8_t *bytes;
	size_t len, cap;
};

struct unpack {
	const uint8_t *at;
	size_t left;
	bool bad;
};

static inline uint64_t zigzag(uint64_t v)
{
	return v << 1 ^ (0 - (v >> 63));
}

static inline uint64_t unzigzag(uint64_t v)
{
	return v >> 1 ^ (0 - (v & 1));
}

static inline uint8_t *varint_put(uint8_t *at, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		*at++ = (uint8_t)(v | 0x80);
	*at++ = (uint8_t)v;
	return at;
}

void pack_fini(struct pack *p);
void pack_grow(struct pack *p, size_t more);

static inline void pack_room(struct pack *p, size_t more)
{
	if (unlikely(p->cap - p->len < more))
		pack_grow(p, more);
}

void pack_uint(struct pack *p, uint64_t v);
void pack_int(struct pack *p, int64_t v);
void pack_bytes(struct pack *p, const char *bytes, size_t len);
void pack_text(struct pack *p, const char *text);

uint64_t unpack_uint(struct unpack *u);
/* The same; bad unless it is below limit. */
uint32_t unpack_below(struct unpack *u, uint64_t limit);
int64_t unpack_int(struct unpack *u);
/* Valid as long as what is unpacked; terminated behind *len bytes. */
const char *unpack_bytes(struct unpack *u, size_t *len);
const char *unpack_text(struct unpack *u);

#endif
