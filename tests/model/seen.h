/* SPDX-License-Identifier: MIT */
/*
 * seen.h - a set of 64-bit numbers: the states that were seen.
 */
#ifndef TESTS_MODEL_SEEN_H
#define TESTS_MODEL_SEEN_H

#include <stdbool.h>
#include <stdint.h>

bool seen_add(uint64_t state); /* false: it was there */
uint64_t seen_count(void);
void seen_forget(void);

#endif
