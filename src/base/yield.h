/* SPDX-License-Identifier: MIT */
/*
 * yield.h - in front of each atomic operation, now and then, somebody else's
 * turn.
 *
 * In a normal build it is nothing.  With --enable-yield the caller goes on at
 * once, spins for a moment, or gives its processor away, by a seeded lottery:
 * the windows between two operations, a few nanoseconds wide, are hit again
 * and again.  SHMRUN_YIELD is the seed.  Called by lockfree/atom.h alone;
 * point.h kills, this only interleaves.
 */
#ifndef BASE_YIELD_H
#define BASE_YIELD_H

#if ENABLE_YIELD
#include <stdint.h>

void yield_hit(void);
/* The numbers that this thread draws from now on: seed and who decide. */
void yield_begin(uint64_t who);
#else
#define yield_hit() ((void)0)
#define yield_begin(who) ((void)(who))
#endif

#endif
