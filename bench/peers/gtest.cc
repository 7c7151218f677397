// SPDX-License-Identifier: MIT
// gtest.cc [TESTS]: so many empty tests for GoogleTest, in one process.
// gtest.cc loop: fork, TestInfo::Run(), _exit, waitpid for each, one after the
// other, within gtest's own run: who forks the program as it is cannot go below
// that.  Prints CPU ns (user and system, children's too) per test.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

// Without an argument.
#ifndef TESTS
#define TESTS 1000
#endif
// TEST()s, all of a suite called Empty.
#ifdef LIST
#include LIST
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

// TestInfo::Run() is private; an explicit instantiation may name it.
typedef void (testing::TestInfo::*Run)();
Run test_run();
template <Run run> struct Reach {
	friend Run test_run() { return run; }
};
template struct Reach<&testing::TestInfo::Run>;

static double cpu_ns(int who)
{
	struct rusage u;

	getrusage(who, &u);
	return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e9 +
	       (u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e3;
}

static void run_in_child(testing::TestInfo *test)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		(test->*test_run())();
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		_exit(1);
}

// The last test of the suite.
class Loop : public testing::Test {
	void TestBody() override
	{
		auto info = testing::UnitTest::GetInstance()->GetTestSuite(0);
		int i, n = info->total_test_count() - 1;
		double before = cpu_ns(RUSAGE_SELF) + cpu_ns(RUSAGE_CHILDREN);

		for (i = 0; i < n; i++)
			run_in_child(const_cast<testing::TestInfo *>(
				info->GetTestInfo(i)));
		printf("%.0f\n", (cpu_ns(RUSAGE_SELF) +
				  cpu_ns(RUSAGE_CHILDREN) - before) / n);
		fflush(stdout);
		_exit(0);
	}
};

static void add_loop()
{
	auto &listeners = testing::UnitTest::GetInstance()->listeners();

	delete listeners.Release(listeners.default_result_printer());
	testing::RegisterTest("Empty", "loop", nullptr, nullptr, __FILE__,
			      __LINE__,
			      []() -> testing::Test * { return new Loop; });
}

int main(int argc, char **argv)
{
	bool loops;
	int n, i;

	testing::InitGoogleTest(&argc, argv);
	loops = argc > 1 && strcmp(argv[1], "loop") == 0;
	n = argc > 1 && !loops ? std::atoi(argv[1]) : TESTS;
	for (i = 0; i < n; i++)
		add(i);
	if (loops)
		add_loop();
	return RUN_ALL_TESTS();
}
