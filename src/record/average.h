/* SPDX-License-Identifier: MIT */
/*
 * average.h - how long something takes, learnt from samples (EST-1 to
 * EST-7): the mean of the first four, from then on an exponential average,
 * and the mean deviation beside it.
 *
 * Pure values; the caller decides what a sample is.  Times in nanoseconds.
 */
#ifndef RECORD_AVERAGE_H
#define RECORD_AVERAGE_H

#include <stdbool.h>
#include <stdint.h>

struct average {
	double est_ns;
	double dev_ns;
	uint32_t runs; /* samples so far */
};

/* EST-2.  Of a crowded machine half as much is learnt (EST-7). */
void average_add(struct average *e, double sample_ns, bool crowded);

/* It took longer than this, and nobody knows how much longer (EST-5). */
void average_raise(struct average *e, double at_least_ns);

/* Noticeably slower than it used to be (EST-4)? */
bool average_is_slow(const struct average *e, double sample_ns);

#endif
