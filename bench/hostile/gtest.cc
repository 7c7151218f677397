/* SPDX-License-Identifier: MIT */
/* gtest.cc: the bodies as tests of GoogleTest. */
#include <gtest/gtest.h>

#include "bodies.h"

#define ONE(name) \
	TEST(hostile, name) { EXPECT_EQ(0, hostile_body(#name)); }
HOSTILE_BODIES(ONE)
