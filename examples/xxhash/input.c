/* SPDX-License-Identifier: MIT */
#include "input.h"

#include <shmrun.h>

static _Alignas(64) uint8_t bytes[INPUT_LEN];

static void input_fill(void)
{
	uint64_t x = INPUT_PRIME32;

	for (size_t i = 0; i < INPUT_LEN; i++) {
		bytes[i] = (uint8_t)(x >> 56);
		x *= INPUT_PRIME64;
	}
}

SHMRUN_WORKER_FIXTURE(input, input_fill, NULL)

const uint8_t *input_from(size_t at)
{
	return bytes + at;
}
