/* SPDX-License-Identifier: MIT */
/* criterion.c: the bodies as tests of Criterion. */
#include <criterion/criterion.h>

#include "bodies.h"

#define ONE(name) \
	Test(hostile, name) { cr_assert_eq(hostile_body(#name), 0); }
HOSTILE_BODIES(ONE)
