/* SPDX-License-Identifier: MIT */
#include "record/average.h"

#include "base/clock.h"
#include "base/compiler.h"

#include <math.h>

#define ALPHA_MIN 0.25
#define BETA 0.25
#define SLOW_MIN_NS (100.0 * (double)NS_PER_MS)

void average_add(struct average *e, double sample_ns, bool crowded)
{
	double alpha = max_of(ALPHA_MIN, 1.0 / ((double)e->runs + 1));
	double error = fabs(sample_ns - e->est_ns);

	if (e->runs == 0) {
		*e = (struct average){ .est_ns = sample_ns, .runs = 1 };
		return;
	}
	if (crowded)
		alpha /= 2;
	e->est_ns += alpha * (sample_ns - e->est_ns);
	e->dev_ns += BETA * (error - e->dev_ns);
	if (e->runs < UINT32_MAX)
		e->runs++;
}

void average_raise(struct average *e, double at_least_ns)
{
	e->est_ns = max_of(e->est_ns, at_least_ns);
}

bool average_is_slow(const struct average *e, double sample_ns)
{
	return e->runs > 0 && sample_ns > e->est_ns + 4 * e->dev_ns &&
	       sample_ns > 2 * e->est_ns && sample_ns > SLOW_MIN_NS;
}
