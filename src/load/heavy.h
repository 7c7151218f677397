/* SPDX-License-Identifier: MIT */
/*
 * heavy.h - is this process so heavy that its forks are slow (ENV-7)?
 *
 * What a fork costs is the processor time that it takes here: a busy machine
 * does not make it more.  When more than half of the forks so far took over a
 * millisecond, and private memory explains it, that is said once.  Sanitizers
 * have such memory of their own, which nobody can do anything about.
 */
#ifndef LOAD_HEAVY_H
#define LOAD_HEAVY_H

#include <stdbool.h>
#include <stdint.h>

#define HEAVY_TEXT_CAP 384

/* Zero-initialised = no fork yet. */
struct heavy {
	uint32_t n, n_slow;
	bool over; /* nothing more is to be found out */
};

/* In front of a fork; for heavy_end(). */
uint64_t heavy_begin(const struct heavy *h);

/* Behind it, in the parent.  True = text is to be told. */
bool heavy_end(struct heavy *h, uint64_t begin_ns, char text[HEAVY_TEXT_CAP]);

#endif
