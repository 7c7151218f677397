/* SPDX-License-Identifier: MIT */
#include "record/pack.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

void pack_fini(struct pack *p)
{
	free(p->bytes);
	*p = (struct pack){ 0 };
}

void pack_grow(struct pack *p, size_t more)
{
	size_t cap = p->cap ? p->cap : 4096;

	while (cap - p->len < more)
		cap *= 2;
	p->bytes = mem_resize(p->bytes, cap, 1);
	p->cap = cap;
}

void pack_uint(struct pack *p, uint64_t v)
{
	pack_room(p, VARINT_MAX);
	p->len = (size_t)(varint_put(p->bytes + p->len, v) - p->bytes);
}

void pack_int(struct pack *p, int64_t v)
{
	pack_uint(p, zigzag((uint64_t)v));
}

void pack_bytes(struct pack *p, const char *bytes, size_t len)
{
	pack_uint(p, len);
	pack_room(p, len + 1);
	if (len)
		memcpy(p->bytes + p->len, bytes, len);
	p->bytes[p->len + len] = '\0';
	p->len += len + 1;
}

void pack_text(struct pack *p, const char *text)
{
	pack_bytes(p, text, strlen(text));
}

static uint64_t unpack_spoil(struct unpack *u)
{
	u->bad = true;
	u->left = 0;
	return 0;
}

uint64_t unpack_uint(struct unpack *u)
{
	uint64_t v = 0;
	unsigned int shift;

	for (shift = 0; shift < 64 && u->left > 0; shift += 7) {
		uint8_t byte = *u->at++;

		u->left--;
		if (shift == 63 && byte > 1)
			break;
		v |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return v;
	}
	return unpack_spoil(u);
}

uint32_t unpack_below(struct unpack *u, uint64_t limit)
{
	uint64_t v = unpack_uint(u);

	if (v >= limit || v > UINT32_MAX)
		return (uint32_t)unpack_spoil(u);
	return (uint32_t)v;
}

int64_t unpack_int(struct unpack *u)
{
	return (int64_t)unzigzag(unpack_uint(u));
}

const char *unpack_bytes(struct unpack *u, size_t *len)
{
	uint64_t n = unpack_uint(u);
	const char *bytes = (const char *)u->at;

	*len = 0;
	if (n >= u->left || bytes[n] != '\0') {
		unpack_spoil(u);
		return "";
	}
	u->at += n + 1;
	u->left -= (size_t)n + 1;
	*len = (size_t)n;
	return bytes;
}

const char *unpack_text(struct unpack *u)
{
	size_t len;

	return unpack_bytes(u, &len);
}
