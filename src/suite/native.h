/* SPDX-License-Identifier: MIT */
/*
 * native.h - suites written with shmrun.h: open, list, and find what a
 * worker calls.
 *
 * Opened in the loader only; workers inherit the result by fork.  It runs
 * the suite's constructors and range-count functions, which may do anything
 * to this process.  Nothing here runs a test.
 */
#ifndef SUITE_NATIVE_H
#define SUITE_NATIVE_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

#define SHMRUN_NO_SUITE_
#include "shmrun.h"

struct native_test {
	const struct shmrun_test_ *decl; /* the suite's memory */
	char *name;			 /* "Scope::name", ours */
	uint32_t scope_ix;
	uint32_t scope_len;
	uint32_t count;
	struct shmrun_attrs attrs;	 /* defaults filled in */
};

/* Fixtures of one kind are consecutive, in source order. */
struct native_span {
	uint32_t first, n;
};

struct native_scope {
	const char *name;
	struct native_span test_fixtures;
	struct native_span scope_fixtures;
};

struct native_suite {
	void *handle; /* dlopen(3); never closed */
	char *path;
	const struct shmrun_ops_ **ops; /* where the suite looks for ours */
	struct native_test *tests; /* by (file, line, name): NAT-7 */
	uint32_t n_tests, cap_tests;
	const struct shmrun_fixture_ **fixtures; /* by (kind, scope, line) */
	uint32_t n_fixtures, cap_fixtures;
	struct native_scope *scopes;
	uint32_t n_scopes, cap_scopes;
	struct native_span worker_fixtures;
	struct native_span run_fixtures;
	struct shmrun_attrs defaults;
};

/* Opens and reads a suite; NULL with a sentence.  A path without a slash is
 * taken from the current directory. */
struct native_suite *native_open(const char *path, struct err *err);
void native_free(struct native_suite *s);

#endif
