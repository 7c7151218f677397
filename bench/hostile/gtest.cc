/* SPDX-License-Identifier: MIT */
/* gtest.cc: the bodies as tests of GoogleTest. */
#include <gtest/gtest.h>

#include "bodies.h"

#define ONE(name) \
	TEST(hostile, name) \
	{ \
		int ret = hostile_body(#name); \
		EXPECT_EQ(0, ret) << hostile_message; \
	}
HOSTILE_BODIES(ONE)
