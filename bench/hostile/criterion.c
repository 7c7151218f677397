/* SPDX-License-Identifier: MIT */
/* criterion.c: the bodies as tests of Criterion. */
#include <criterion/criterion.h>

#include "bodies.h"

/* The limits of `run`: 2.4.1 knows those of its tests, --timeout does nothing. */
enum {
	limit_orphan = 3,
	limit_orphan_setsid = 3,
	limit_hang_tree = 3,
	limit_hang_setsid = 3,
	limit_stopself = 3,
	limit_exit0 = 3,
	limit_lasting = 50,
	limit_three_seconds = 5,
	limit_bigout = 100,
	limit_bytes = 3,
};

#define ONE(name) \
	Test(hostile, name, .timeout = limit_##name) \
	{ \
		int ret = hostile_body(#name); \
		cr_assert_eq(ret, 0, "%s", hostile_message); \
	}
HOSTILE_BODIES(ONE)
