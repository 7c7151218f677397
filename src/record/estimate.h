/* SPDX-License-Identifier: MIT */
/*
 * estimate.h - how long something takes, learnt from samples (EST-1 to
 * EST-7): the mean of the first four, from then on an exponential average,
 * and the mean deviation beside it.
 *
 * Pure values; the caller decides what a sample is.  Times in nanoseconds.
 */
#ifndef RECORD_ESTIMATE_H
#define RECORD_ESTIMATE_H

#include <stdbool.h>
#include <stdint.h>

struct estimate {
	double est_ns;
	double dev_ns;
	uint32_t runs; /* samples so far */
};

/* EST-2.  Of a crowded machine half as much is learnt (EST-7). */
void estimate_add(struct estimate *e, double sample_ns, bool crowded);

/* It took longer than this, and nobody knows how much longer (EST-5). */
void estimate_raise(struct estimate *e, double at_least_ns);

/* Noticeably slower than it used to be (EST-4)? */
bool estimate_is_slow(const struct estimate *e, double sample_ns);

#endif
