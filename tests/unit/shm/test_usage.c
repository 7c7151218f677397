/* SPDX-License-Identifier: MIT */
/* What a test used, on its way through the ring of results. */
#include "shm/usage.h"

#include <criterion/criterion.h>
#include <string.h>

Test(usage, every_value_comes_out_as_it_went_in)
{
	const struct usage in = { .user_ns = UINT64_MAX,
				  .system_ns = UINT64_MAX - 1,
				  .peak_kib = UINT32_MAX,
				  .minor_faults = UINT32_MAX - 1,
				  .major_faults = UINT32_MAX - 2,
				  .switches = UINT32_MAX - 3,
				  .preemptions = UINT32_MAX - 4 };
	struct record r = { .position = 7, .slot = 3, .generation = 5 };
	struct usage out;

	usage_put(&r, &in);
	cr_expect_eq(r.outcome, RECORD_USAGE);
	cr_expect_eq(r.position, 7u);
	cr_expect_eq(r.slot, 3);
	cr_expect_eq(r.generation, 5);
	out = usage_get(&r);
	cr_expect_eq(memcmp(&in, &out, offsetof(struct usage, preemptions)),
		     0);
	cr_expect_eq(out.preemptions, in.preemptions);
}
