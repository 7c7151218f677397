/* SPDX-License-Identifier: MIT */
/* The run that golden/cut.shmres recorded; golden/README says how. */
#include <shmrun.h>

#include <unistd.h>

SHMRUN_TEST(quick, one) {}
SHMRUN_TEST(quick, two) { shmrun_check_true(0); }
SHMRUN_TEST(slow, first)
{
	for (;;)
		pause();
}
SHMRUN_TEST(slow, second)
{
	for (;;)
		pause();
}
SHMRUN_TEST(slow, third) {}
SHMRUN_TEST(slow, fourth) {}
