/* SPDX-License-Identifier: MIT */
/*
 * input.h - the bytes that all tests hash.
 *
 * The published test vectors are hashes of prefixes of this sequence.  A
 * worker fixture fills it once per process; tests only read it.
 */
#ifndef INPUT_H
#define INPUT_H

#include <stddef.h>
#include <stdint.h>

/* Constants of the published vectors, also used as their seeds. */
#define INPUT_PRIME32 2654435761u
#define INPUT_PRIME64 11400714785074694797u

/* Room for the longest test at the largest offset. */
#define INPUT_LEN ((4u << 20) + 256)

/* The sequence from `at`; aligned to 64 bytes when `at` is. */
const uint8_t *input_from(size_t at);

#endif
