/* SPDX-License-Identifier: MIT */
/*
 * check.h - Check's functions as we have them, and what main() has made with
 * them.
 *
 * The types are opaque to programs: all functions that get them are ours.
 */
#ifndef SHIM_CHECK_H
#define SHIM_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define EXPORT __attribute__((visibility("default")))

/* Of Check 0.13 and later: what START_TEST makes. */
struct ttest {
	const char *name;
	void (*fn)(int i);
	const char *file;
	int line;
};

struct fixture {
	void (*setup)(void);
	void (*teardown)(void);
};

struct fixtures {
	struct fixture *all;
	uint32_t n;
};

struct check_test {
	const struct ttest *test;
	struct check_case *tcase;
	int signal, exit_code;
	int start, end; /* of a loop: 0 and 1 are none */
};

/* The first word tells ours from those that Check's own code made. */
struct check_case {
	uint64_t magic;
	const char *name;
	char *tags; /* comma-separated */
	double timeout;
	struct fixtures checked, unchecked;
	struct check_test *tests;
	uint32_t n_tests;
};

struct check_suite {
	uint64_t magic;
	const char *name;
	struct check_case **tcases;
	uint32_t n_tcases;
};

struct result {
	const struct check_test *of;
};

/* What a main() asks for; 0 = nothing. */
enum check_fork {
	CHECK_FORK = 1,
	CHECK_NO_FORK,
};

struct srunner {
	uint64_t magic;
	struct check_suite **suites;
	uint32_t n_suites;
	uint32_t n_run; /* with all instances */
	struct result *results;
	int fork_status;
	const char *log, *xml, *tap;
};

/* One more of size bytes behind n; ends the process where there is no memory.
 */
void *check_grow(void *all, uint32_t n, size_t size);
/* Refuses what Check's own code has made. */
void check_is_ours(const void *object, uint64_t magic);
#define CHECK_SUITE UINT64_C(0x73756974653a7372)
#define CHECK_TCASE UINT64_C(0x74636173653a7372)
#define CHECK_RUNNER UINT64_C(0x72756e6e65723a73)

/* ---- Check's own names ----------------------------------------------- */

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-*) */
EXPORT struct check_suite *suite_create(const char *name);
EXPORT int suite_tcase(struct check_suite *s, const char *name);
EXPORT void suite_add_tcase(struct check_suite *s, struct check_case *tc);
EXPORT struct check_case *tcase_create(const char *name);
EXPORT void tcase_set_tags(struct check_case *tc, const char *tags);
EXPORT void _tcase_add_test(struct check_case *tc, const struct ttest *test,
			    int signal, int exit_code, int start, int end);
EXPORT void tcase_add_unchecked_fixture(struct check_case *tc,
					void (*setup)(void),
					void (*teardown)(void));
EXPORT void tcase_add_checked_fixture(struct check_case *tc,
				      void (*setup)(void),
				      void (*teardown)(void));
EXPORT void tcase_set_timeout(struct check_case *tc, double timeout);
EXPORT void tcase_fn_start(const char *name, const char *file, int line);
EXPORT const char *tcase_name(void);

EXPORT __attribute__((noreturn, format(printf, 4, 5))) void
_ck_assert_failed(const char *file, int line, const char *expr, const char *msg,
		  ...);
EXPORT void _mark_point(const char *file, int line);
EXPORT pid_t check_fork(void);
EXPORT __attribute__((noreturn)) void check_waitpid_and_exit(pid_t pid);
EXPORT void check_set_max_msg_size(size_t size);

EXPORT struct srunner *srunner_create(struct check_suite *s);
EXPORT void srunner_add_suite(struct srunner *sr, struct check_suite *s);
EXPORT void srunner_free(struct srunner *sr);
EXPORT void srunner_run_all(struct srunner *sr, int mode);
EXPORT void srunner_run(struct srunner *sr, const char *suite,
			const char *tcase, int mode);
EXPORT void srunner_run_tagged(struct srunner *sr, const char *suite,
			       const char *tcase, const char *include,
			       const char *exclude, int mode);
EXPORT int srunner_ntests_failed(struct srunner *sr);
EXPORT int srunner_ntests_run(struct srunner *sr);
EXPORT struct result **srunner_failures(struct srunner *sr);
EXPORT struct result **srunner_results(struct srunner *sr);
EXPORT void srunner_print(struct srunner *sr, int mode);
EXPORT void srunner_set_log(struct srunner *sr, const char *name);
EXPORT int srunner_has_log(struct srunner *sr);
EXPORT const char *srunner_log_fname(struct srunner *sr);
EXPORT void srunner_set_xml(struct srunner *sr, const char *name);
EXPORT int srunner_has_xml(struct srunner *sr);
EXPORT const char *srunner_xml_fname(struct srunner *sr);
EXPORT void srunner_set_tap(struct srunner *sr, const char *name);
EXPORT int srunner_has_tap(struct srunner *sr);
EXPORT const char *srunner_tap_fname(struct srunner *sr);
EXPORT int srunner_fork_status(struct srunner *sr);
EXPORT void srunner_set_fork_status(struct srunner *sr, int status);

EXPORT int tr_rtype(struct result *r);
EXPORT int tr_ctx(struct result *r);
EXPORT const char *tr_msg(struct result *r);
EXPORT int tr_lno(struct result *r);
EXPORT const char *tr_lfile(struct result *r);
EXPORT const char *tr_tcname(struct result *r);
/* NOLINTEND(bugprone-reserved-identifier,cert-*) */

#endif
