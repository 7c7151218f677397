// SPDX-License-Identifier: MIT
// gtest.cc TESTS: so many empty tests for GoogleTest, in one process.
#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

// Without an argument.
#ifndef TESTS
#define TESTS 1000
#endif

class Empty : public testing::Test {
	void TestBody() override {}
};

// What TEST() does before main, without 100,000 classes to compile.
static void add(int i)
{
	std::string name = "t" + std::to_string(i);

	testing::RegisterTest("Empty", name.c_str(), nullptr, nullptr, __FILE__,
			      __LINE__,
			      []() -> testing::Test * { return new Empty; });
}

int main(int argc, char **argv)
{
	int n, i;

	testing::InitGoogleTest(&argc, argv);
	n = argc > 1 ? std::atoi(argv[1]) : TESTS;
	for (i = 0; i < n; i++)
		add(i);
	return RUN_ALL_TESTS();
}
