/* SPDX-License-Identifier: MIT */
/* suite.c: the bodies as tests of shmrun. */
#define _GNU_SOURCE
#include <shmrun.h>

#include "bodies.h"

#define ONE(name) \
	SHMRUN_TEST(hostile, name) \
	{ \
		int ret = hostile_body(#name); \
		shmrun_check_eq_int(ret, 0, "%s", hostile_message); \
	}
HOSTILE_BODIES(ONE)
