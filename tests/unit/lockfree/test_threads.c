/* SPDX-License-Identifier: MIT */
/* LF-1 to LF-4 with real threads; at length in tests/torture/threads.c. */
#include "../../torture/storm.h"

#include <criterion/criterion.h>

static void blow(size_t ix)
{
	const char *why = storms[ix].run(storms[ix].rounds / 20);

	cr_expect_null(why, "%s: %s", storms[ix].name, why);
}

Test(threads, of_a_ring)
{
	blow(0);
}

Test(threads, of_deques)
{
	blow(1);
}

Test(threads, of_states)
{
	blow(2);
}

Test(threads, of_end_and_timeout)
{
	blow(3);
}

Test(threads, of_results)
{
	blow(4);
}

Test(threads, of_park_and_wake)
{
	blow(5);
}

Test(threads, of_the_doorbell)
{
	blow(6);
}

Test(threads, of_sleeper_and_publisher)
{
	blow(7);
	cr_expect_null(storms[8].name, "all of them are here");
}
