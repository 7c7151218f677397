/* SPDX-License-Identifier: MIT */
/* suite.c: the bodies as tests of shmrun. */
#define _GNU_SOURCE
#include <shmrun.h>

#include "bodies.h"

#define ONE(name) \
	SHMRUN_TEST(hostile, name) \
	{ \
		shmrun_check_eq_int(hostile_body(#name), 0); \
	}
HOSTILE_BODIES(ONE)
