/* SPDX-License-Identifier: MIT */
/*
 * gtest.h - what the adapter finds in a program of GoogleTest, for the shim.
 *
 * gtest is usually a part of the program, which exports nothing of it: the
 * addresses come from its symbol table.
 */
#ifndef SUITE_GTEST_H
#define SUITE_GTEST_H

/* Numbers of served_page.symbols[]. */
enum gtest_symbol {
	GTEST_RUN_ALL,	   /* UnitTest::Run() */
	GTEST_RUN_SUITE,   /* TestSuite::Run() */
	GTEST_RUN_TEST,	   /* TestInfo::Run() */
	GTEST_COUNT_SUITES,
	GTEST_GET_SUITE,
	GTEST_COUNT_TESTS, /* of a suite */
	GTEST_GET_TEST,
	GTEST_LISTENERS,
	GTEST_RELEASE,	   /* TestEventListeners::Release() */
	GTEST_REPORT,	   /* where each failure and skip ends up */
	GTEST_REPORTER,	   /* its class's virtual table */
	N_GTEST_SYMBOLS,
	GTEST_MOCKS = N_GTEST_SYMBOLS, /* gmock's list of them, if any */
};

#define GTEST_MOCKS_NAME "_ZN7testing12_GLOBAL__N_122g_mock_object_registryE"

/* What a shared object without a main() is begun with: they are exported. */
#define GTEST_INIT "_ZN7testing14InitGoogleTestEPiPPc"
#define GTEST_RUN "_ZN7testing8UnitTest3RunEv"
#define GTEST_INSTANCE "_ZN7testing8UnitTest11GetInstanceEv"

#define GTEST_SYMBOL_NAMES                                                    \
	{                                                                     \
		[GTEST_RUN_ALL] = GTEST_RUN,                                  \
		[GTEST_RUN_SUITE] = "_ZN7testing9TestSuite3RunEv",            \
		[GTEST_RUN_TEST] = "_ZN7testing8TestInfo3RunEv",              \
		[GTEST_COUNT_SUITES] =                                        \
			"_ZNK7testing8UnitTest22total_test_suite_countEv",    \
		[GTEST_GET_SUITE] =                                           \
			"_ZNK7testing8UnitTest12GetTestSuiteEi",              \
		[GTEST_COUNT_TESTS] =                                         \
			"_ZNK7testing9TestSuite16total_test_countEv",         \
		[GTEST_GET_TEST] = "_ZNK7testing9TestSuite11GetTestInfoEi",   \
		[GTEST_LISTENERS] = "_ZN7testing8UnitTest9listenersEv",       \
		[GTEST_RELEASE] = "_ZN7testing18TestEventListeners7Release"   \
				  "EPNS_17TestEventListenerE",                \
		[GTEST_REPORT] = "_ZN7testing8internal35DefaultGlobalTest"    \
				 "PartResultReporter20ReportTestPartResult"   \
				 "ERKNS_14TestPartResultE",                   \
		[GTEST_REPORTER] = "_ZTVN7testing8internal35DefaultGlobal"    \
				   "TestPartResultReporterE",                 \
	}

#endif
