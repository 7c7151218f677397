/* SPDX-License-Identifier: MIT */
#include "base/rng.h"

#include <criterion/criterion.h>

/* Published outputs of splitmix64 for this seed: a seed that a user notes
 * down today must replay the same order for good. */
Test(rng, the_sequence_is_splitmix64)
{
	static const uint64_t want[] = {
		UINT64_C(6457827717110365317),	UINT64_C(3203168211198807973),
		UINT64_C(9817491932198370423),	UINT64_C(4593380528125082431),
		UINT64_C(16408922859458223821),
	};
	struct rng rng = { 1234567 };
	size_t i;

	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		cr_assert_eq(rng_next(&rng), want[i]);
}

Test(rng, the_same_seed_gives_the_same_numbers)
{
	struct rng a = { 42 }, b = { 42 }, c = { 43 };
	int i, same = 0;

	for (i = 0; i < 100; i++) {
		uint32_t n = rng_below(&a, 1000000);

		cr_assert_eq(rng_below(&b, 1000000), n);
		same += rng_below(&c, 1000000) == n;
	}
	cr_assert_lt(same, 5);
}

Test(rng, numbers_stay_below_the_bound)
{
	static const uint32_t bounds[] = { 1, 2, 3, 1000, UINT32_MAX };
	struct rng rng = { 7 };
	size_t i;
	int round;

	for (i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++)
		for (round = 0; round < 10000; round++)
			cr_assert_lt(rng_below(&rng, bounds[i]), bounds[i]);
}

/* 60000 throws of a die: 10000 each, standard deviation 91. */
Test(rng, every_number_comes_up_about_as_often)
{
	struct rng rng = { 1 };
	int seen[6] = { 0 }, i;

	for (i = 0; i < 60000; i++)
		seen[rng_below(&rng, 6)]++;
	for (i = 0; i < 6; i++)
		cr_assert(seen[i] > 9500 && seen[i] < 10500, "%d: %d", i,
			  seen[i]);
}
