/* SPDX-License-Identifier: MIT */
/*
 * surroundings.h - what is around all tests and none of their own: a
 * sanitizer's runtime and valgrind, which make them slower and their time
 * limits longer (TIME-6), and memory that is filled.
 *
 * Runner only.
 */
#ifndef CLI_SURROUNDINGS_H
#define CLI_SURROUNDINGS_H

#include "cli/suites.h"
#include "suite/words.h"

/* So many times longer; wrapper is what programs are started by. */
double surroundings_slowness(const struct suites *suites,
			     const struct words *wrapper);

/* A line for each of them. */
void surroundings_tell(struct str *told, const struct suites *suites,
		       const struct words *wrapper);

#endif
