/* SPDX-License-Identifier: MIT */
/*
 * shim.h - what the parts of the Criterion shim share.
 *
 * The shim is a shared object that is built apart, embedded in the program
 * and loaded in front of suites.  It needs libc only, links nothing of ours,
 * and exports Criterion's symbols and CRITERION_SHIM; everything else is
 * hidden.  It runs in workers and test children, one test at a time.
 *
 * Prototypes here are those of Criterion's own headers, whose names they
 * have; what each does is Criterion's manual to say, or a comment where we
 * differ (doc/adapters/criterion.md).
 */
#ifndef SHIM_SHIM_H
#define SHIM_SHIM_H

#include "base/compiler.h"
#include "base/jump.h"
#include "suite/criterion.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define shim_api __attribute__((visibility("default")))

/* ---- the running test ------------------------------------------------ */

struct shim {
	const struct adapter_host *host;
	struct criterion_call call;
	void *param; /* the instance's own copy of its row */
	struct jump out; /* of the whole test */
	struct jump abort; /* of the running phase, or of a theory's round */
	struct jump round; /* where an assumption that fails goes */
	bool leaves; /* a failed check leaves the whole test: in set-up */
	bool in_round;
};

extern struct shim shim;

/* A failed check of ours, at the test's place. */
void shim_fail(const char *text);
/* As shim_fail(), and out of the phase. */
no_return void shim_abort(const char *text);

/* A text that is made here and is the caller's to free; never NULL. */
char *shim_format(const char *fmt, va_list ap);

shim_api extern const struct criterion_shim shmrun_criterion_shim;

/* Descriptors 0 to 2 as they were before the test. */
void shim_redirect_restore(void);

/* ---- control --------------------------------------------------------- */

shim_api extern const struct abi_test *criterion_current_test;
shim_api extern const struct abi_suite *criterion_current_suite;

shim_api void criterion_internal_test_setup(void);
shim_api void criterion_internal_test_main(void (*fn)(void));
shim_api void criterion_internal_test_teardown(void);

shim_api no_return void criterion_abort_test(void);
shim_api void criterion_continue_test(void);
shim_api no_return void criterion_skip_test(const char *fmt, ...)
	printf_like(1, 2);
shim_api no_return void criterion_test_die(const char *fmt, ...)
	printf_like(1, 2);
shim_api void cr_log(int severity, const char *fmt, ...) printf_like(2, 3);

/* ---- assertions ------------------------------------------------------ */

struct criterion_assert_stats {
	const char *message;
	bool passed;
	unsigned line;
	const char *file;
	struct criterion_assert_stats *next;
};

CRITERION_SIZE(criterion_assert_stats, 32);
CRITERION_AT(criterion_assert_stats, line, 12);
CRITERION_AT(criterion_assert_stats, file, 16);

enum { SHIM_RAW, SHIM_STRING };

struct cri_assert_param {
	const char *name;
	void *data;
	int type;
};

#define SHIM_PARAMS 4

struct cri_assert_node {
	const char *repr;
	const char *message;
	struct cri_assert_param params[SHIM_PARAMS];
	unsigned pass : 1;
	unsigned dynrepr : 1;
	uint32_t nchild : 30;
	uint32_t maxchild;
	struct cri_assert_node *children;
};

CRITERION_SIZE(cri_assert_param, 24);
CRITERION_SIZE(cri_assert_node, 128);
CRITERION_AT(cri_assert_node, params, 16);
CRITERION_AT(cri_assert_node, maxchild, 116);
CRITERION_AT(cri_assert_node, children, 120);

shim_api void criterion_send_assert(struct criterion_assert_stats *stats);
shim_api void cri_asserts_passed_incr(void);
shim_api char *cr_translate_assert_msg(int ix, ...);

shim_api void cri_assert_node_init(struct cri_assert_node *node);
shim_api struct cri_assert_node *
cri_assert_node_add(struct cri_assert_node *tree, struct cri_assert_node *node);
shim_api void cri_assert_node_negate(struct cri_assert_node *tree);
shim_api void cri_assert_node_term(struct cri_assert_node *tree);
shim_api void cri_assert_node_send(const char *file, size_t line,
				   struct cri_assert_node *tree);
shim_api char *cri_assert_message(const char *fmt, ...) printf_like(1, 2);

/* ---- values ---------------------------------------------------------- */

struct cr_mem {
	const void *data;
	size_t size;
};

#define SHIM_STREAM_CAP 4096

struct cri_stream_data {
	int dirty;
	int cmp;
	size_t ref;
	size_t cursor;
	size_t remaining;
	char buffer[SHIM_STREAM_CAP];
};

struct cr_stream {
	void *cookie;
	int (*read)(void *cookie, void *buf, size_t *size);
	void (*close)(void *cookie);
	struct cri_stream_data *cri_data;
};

CRITERION_SIZE(cr_mem, 16);
CRITERION_SIZE(cri_stream_data, 4128);
CRITERION_AT(cri_stream_data, buffer, 32);
CRITERION_SIZE(cr_stream, 32);

shim_api int cr_user_str_eq(char **a, char **b);
shim_api int cr_user_str_lt(char **a, char **b);
shim_api int cr_user_str_zero(char **s);
shim_api char *cr_user_str_tostr(char **s);
shim_api int cr_user_wcs_eq(wchar_t **a, wchar_t **b);
shim_api int cr_user_wcs_lt(wchar_t **a, wchar_t **b);
shim_api int cr_user_wcs_zero(wchar_t **s);
shim_api char *cr_user_wcs_tostr(wchar_t **s);
shim_api int cr_user_mem_eq(const struct cr_mem *a, const struct cr_mem *b);
shim_api int cr_user_mem_lt(const struct cr_mem *a, const struct cr_mem *b);
shim_api char *cr_user_mem_tostr(const struct cr_mem *m);
shim_api int cr_user_stream_eq(struct cr_stream *a, struct cr_stream *b);
shim_api int cr_user_stream_lt(struct cr_stream *a, struct cr_stream *b);
shim_api char *cr_user_stream_tostr(const struct cr_stream *s);
shim_api void cr_stream_init(struct cr_stream *s);
shim_api void cr_stream_close(struct cr_stream *s);

/* ---- text and memory ------------------------------------------------- */

shim_api int cr_asprintf(char **text, const char *fmt, ...) printf_like(2, 3);
shim_api int cr_vasprintf(char **text, const char *fmt, va_list ap)
	printf_like(2, 0);
shim_api void cr_asprintf_free(char *text);
shim_api int cri_fmt_bprintf(char **text, size_t *offset, size_t *size,
			     const char *fmt, ...) printf_like(4, 5);
shim_api int cri_fmt_vbprintf(char **text, size_t *offset, size_t *size,
			      const char *fmt, va_list ap) printf_like(4, 0);
shim_api char *cri_strtok_r(char *text, const char *delim, char **save);
shim_api char *cri_string_xxd(const void *data, size_t start, size_t size);

shim_api void *cr_malloc(size_t size);
shim_api void *cr_calloc(size_t n, size_t size);
shim_api void *cr_realloc(void *p, size_t size);
shim_api void cr_free(void *p);

/* ---- redirection ----------------------------------------------------- */

shim_api void cr_redirect_stdin(void);
shim_api void cr_redirect_stdout(void);
shim_api void cr_redirect_stderr(void);
shim_api FILE *cr_get_redirected_stdin(void);
shim_api FILE *cr_get_redirected_stdout(void);
shim_api FILE *cr_get_redirected_stderr(void);
shim_api int cr_file_match_str(FILE *f, const char *str);
shim_api int cr_file_match_file(FILE *f, FILE *ref);
shim_api int cr_stdout_match_str(const char *str);
shim_api int cr_stdout_match_file(FILE *ref);
shim_api int cr_stderr_match_str(const char *str);
shim_api int cr_stderr_match_file(FILE *ref);
shim_api FILE *cr_mock_file_size(size_t max_size);

/* ---- a main() of the suite's own ---------------------------------------- */

struct criterion_ordered_set {
	struct criterion_ordered_set_node *first;
	size_t size;
	int (*cmp)(void *a, void *b);
	void (*dtor)(void *a, void *b);
};

struct criterion_ordered_set_node {
	struct criterion_ordered_set_node *next;
};

struct criterion_test_set {
	struct criterion_ordered_set *suites;
	size_t tests;
};

CRITERION_SIZE(criterion_ordered_set, 32);
CRITERION_SIZE(criterion_test_set, 16);

shim_api struct criterion_test_set *criterion_initialize(void);
shim_api void criterion_finalize(struct criterion_test_set *set);
shim_api int criterion_handle_args(int argc, char **argv, bool all);
shim_api int criterion_run_all_tests(struct criterion_test_set *set);
shim_api void criterion_register_test(struct criterion_test_set *set,
				      struct abi_test *test);

/* ---- theories -------------------------------------------------------- */

struct criterion_datapoints {
	size_t size;
	size_t len;
	const char *name; /* the type as written */
	void *arr;
};

CRITERION_SIZE(criterion_datapoints, 32);

shim_api void cr_theory_main(struct criterion_datapoints *points, size_t n,
			     void (*fn)(void));
shim_api no_return void cr_theory_abort(void);

#endif
