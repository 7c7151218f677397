/* SPDX-License-Identifier: MIT */
#include "model/sums.h"

#include "base/compiler.h"
#include "base/mem.h"

/* Neither an estimate nor a sum grows beyond: a hundred years. */
#define SUMS_MAX_NS UINT64_C(3000000000000000000)

static uint64_t sums_of(const struct costs *costs, struct instance at)
{
	float ns;

	if (!costs)
		return 1;
	ns = costs->rows[costs_row(costs, at.test_ix, at.index)].est_ns;
	if (!(ns > 1))
		return 1;
	return ns < (float)SUMS_MAX_NS ? (uint64_t)ns : SUMS_MAX_NS;
}

uint64_t *sums_make(const struct plan *plan, const struct costs *costs)
{
	uint64_t *sums = mem_array((size_t)plan->n_positions + 1,
				   sizeof(*sums));
	uint32_t hint = 0, p;

	for (p = 0; p < plan->n_positions; p++)
		sums[p + 1] = min_of(sums[p] + sums_of(costs,
						       plan_at_near(plan, p,
								    &hint)),
				     SUMS_MAX_NS);
	return sums;
}
