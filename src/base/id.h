/* SPDX-License-Identifier: MIT */
/*
 * id.h - 64-bit hashes of names and checksums of small records: XXH3-64 of
 * xxHash (https://xxhash.com), inlined.  Stable across machines and runs.
 */
#ifndef BASE_ID_H
#define BASE_ID_H

#include <stddef.h>
#include <stdint.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

static inline uint64_t id_bytes(const void *bytes, size_t len)
{
	return XXH3_64bits(bytes, len);
}

/* Identity of a test: suite id and test id together (rule ADP-6). */
static inline uint64_t id_test(uint64_t suite_id, const char *name, size_t len)
{
	return XXH3_64bits_withSeed(name, len, suite_id);
}

#endif
