/* SPDX-License-Identifier: MIT */
#include "sched/sched.h"

void sched_deal(struct plan *plan, uint32_t n_slots)
{
	uint32_t lo = 0;

	while (lo < plan->n_positions) {
		uint32_t n = (plan->n_positions - lo) / (2 * n_slots);

		if (n == 0)
			n = 1;
		plan_add_chunk(plan, lo, lo + n);
		lo += n;
	}
}
