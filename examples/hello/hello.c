/* SPDX-License-Identifier: MIT */
#include <shmrun.h>

SHMRUN_TEST(hello, adds) { shmrun_check_eq_int(1 + 1, 2); }

SHMRUN_RANGE(hello, squares_are_not_negative, 1000)
{
	long x = (long)shmrun_index() - 500;

	shmrun_check_ge_int(x * x, 0, "square of %ld", x);
}

static const char *const words[] = { "shared", "memory", "run" };

SHMRUN_PARAMS(hello, words_are_words, const char *, words)
{
	shmrun_check_ne_str(*param, "");
}
