/* SPDX-License-Identifier: MIT */
/* A suite for the projects beside it. */
#include <stdlib.h>

#include <shmrun.h>

SHMRUN_TEST(strtol, decimal)
{
	shmrun_check_eq_int(strtol("42", NULL, 10), 42);
}

SHMRUN_TEST(strtol, hexadecimal)
{
	shmrun_check_eq_int(strtol("2a", NULL, 16), 42);
}

SHMRUN_RANGE(abs, is_not_negative, 100)
{
	shmrun_check_ge_int(abs((int)shmrun_index() - 50), 0);
}
