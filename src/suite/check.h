/* SPDX-License-Identifier: MIT */
/*
 * check.h - the functions of Check that a program may call, for the adapter,
 * which looks where they are, and the shim, which takes them over.
 *
 * libcheck is mostly a part of the program, which exports nothing of it: the
 * addresses come from its symbol table.
 */
#ifndef SUITE_CHECK_H
#define SUITE_CHECK_H

/* Numbers of served_page.symbols[]: the functions in this order, then the
 * version.  Those that no header of Check declares are left out. */
#define CHECK_FUNCTIONS(X)                                                    \
	X(srunner_run_tagged)                                                 \
	X(suite_create)                                                       \
	X(suite_tcase)                                                        \
	X(suite_add_tcase)                                                    \
	X(tcase_create)                                                       \
	X(tcase_set_tags)                                                     \
	X(_tcase_add_test)                                                    \
	X(tcase_add_unchecked_fixture)                                        \
	X(tcase_add_checked_fixture)                                          \
	X(tcase_set_timeout)                                                  \
	X(tcase_fn_start)                                                     \
	X(tcase_name)                                                         \
	X(_ck_assert_failed)                                                  \
	X(_mark_point)                                                        \
	X(tr_rtype)                                                           \
	X(tr_ctx)                                                             \
	X(tr_msg)                                                             \
	X(tr_lno)                                                             \
	X(tr_lfile)                                                           \
	X(tr_tcname)                                                          \
	X(srunner_create)                                                     \
	X(srunner_add_suite)                                                  \
	X(srunner_free)                                                       \
	X(srunner_run_all)                                                    \
	X(srunner_run)                                                        \
	X(srunner_ntests_failed)                                              \
	X(srunner_ntests_run)                                                 \
	X(srunner_failures)                                                   \
	X(srunner_results)                                                    \
	X(srunner_print)                                                      \
	X(srunner_set_log)                                                    \
	X(srunner_has_log)                                                    \
	X(srunner_log_fname)                                                  \
	X(srunner_set_xml)                                                    \
	X(srunner_has_xml)                                                    \
	X(srunner_xml_fname)                                                  \
	X(srunner_set_tap)                                                    \
	X(srunner_has_tap)                                                    \
	X(srunner_tap_fname)                                                  \
	X(srunner_fork_status)                                                \
	X(srunner_set_fork_status)                                            \
	X(check_fork)                                                         \
	X(check_waitpid_and_exit)                                             \
	X(check_set_max_msg_size)

#define CHECK_NUMBER_OF(name) CHECK_OF_##name,

enum check_symbol {
	CHECK_FUNCTIONS(CHECK_NUMBER_OF)
	CHECK_MAJOR,
	CHECK_MINOR,
	N_CHECK_SYMBOLS,
	N_CHECK_FUNCTIONS = CHECK_MAJOR
};

#define CHECK_NAME_OF(name) #name,
#define CHECK_SYMBOL_NAMES                                                    \
	{                                                                     \
		CHECK_FUNCTIONS(CHECK_NAME_OF) "check_major_version",         \
			"check_minor_version",                                \
	}

#endif
