/* SPDX-License-Identifier: MIT */
/*
 * storm.h - the lock-free structures under real threads: the bodies behind
 * tests/unit/lockfree/test_threads.c and tests/torture/threads.c.
 *
 * Each storm makes its own threads and memory and judges what came of them.
 * Nothing here hangs (crowd.h).  Threads see what processes see, but a sanitizer can watch them.
 */
#ifndef TESTS_TORTURE_STORM_H
#define TESTS_TORTURE_STORM_H

#include <stdint.h>

struct storm {
	const char *name; /* a sentence, what must hold */
	/* NULL when it held, else what was seen. */
	const char *(*run)(uint32_t rounds);
	uint32_t rounds; /* for about half a second */
};

/* Ends with one whose name is NULL. */
extern const struct storm storms[];

#endif
