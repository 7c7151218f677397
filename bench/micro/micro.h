/* SPDX-License-Identifier: MIT */
/*
 * micro.h - the frame of a micro bench: one process, nobody else on the lines
 * it touches.  What it shows is the price of the instructions, not of
 * contention.
 *
 *	micro_run("claim", claim_reset, claim, N);
 *
 * calls reset() and then times op(N), RUNS times over; prints "NAME NS", the
 * median time per operation.
 */
#ifndef MICRO_H
#define MICRO_H

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>

#define RUNS 11

static int micro_by_value(const void *va, const void *vb)
{
	double a = *(const double *)va, b = *(const double *)vb;

	return (a > b) - (a < b);
}

static void micro_run(const char *name, void (*reset)(void),
		      void (*op)(unsigned n), unsigned n)
{
	double ns[RUNS];
	uint64_t start;
	int i;

	for (i = 0; i < RUNS; i++) {
		reset();
		start = clock_now_ns();
		op(n);
		ns[i] = (double)(clock_now_ns() - start) / n;
	}
	qsort(ns, RUNS, sizeof(ns[0]), micro_by_value);
	printf("%s %.1f\n", name, ns[RUNS / 2]);
}

/* An operation that failed would make the figure a lie. */
static inline void micro_expect(int good)
{
	if (!good)
		abort();
}

#endif
