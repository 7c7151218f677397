/* SPDX-License-Identifier: MIT */
/*
 * criterion.h - what a suite built against Criterion's headers is made of,
 * and how the adapter and its shim speak.
 *
 * The layouts are Criterion's (2.3.0 to 2.4.x, LP64), written down here so
 * that neither its headers nor its library are needed (REG-13); a unit test
 * holds them against the real headers.
 *
 * The shim is a shared object of our own with the name libcriterion.so.3: a
 * suite's calls end there (src/shim).  It is loaded into the loader, in front
 * of the first Criterion suite; workers inherit it.
 */
#ifndef SUITE_CRITERION_H
#define SUITE_CRITERION_H

#include "suite/adapter.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define CRITERION_SONAME "libcriterion.so.3"

/* Named otherwise than in Criterion's headers, so that a unit test can see
 * both. */
struct abi_params {
	size_t size;
	void *params;
	size_t length;
	void (*cleanup)(struct abi_params *params);
};

enum { CRITERION_PARAMETERISED = 1 };

struct abi_extra {
	int sentinel_;
	int compiler_;
	int lang_;
	int kind_;
	struct abi_params (*param_)(void);
	const char *identifier_;
	const char *file_;
	unsigned line_;
	void (*init)(void);
	void (*fini)(void);
	int signal;
	int exit_code;
	bool disabled;
	const char *description;
	double timeout; /* seconds */
	void *data;
};

struct abi_test {
	const char *name;
	const char *category;
	void (*test)(void);
	struct abi_extra *data;
};

struct abi_suite {
	const char *name;
	struct abi_extra *data;
};

#define CRITERION_AT(type, member, at) \
	_Static_assert(offsetof(struct type, member) == (at), #type "." #member)
#define CRITERION_SIZE(type, size) \
	_Static_assert(sizeof(struct type) == (size), #type)

CRITERION_SIZE(abi_params, 32);
CRITERION_AT(abi_params, cleanup, 24);
CRITERION_SIZE(abi_extra, 104);
CRITERION_AT(abi_extra, kind_, 12);
CRITERION_AT(abi_extra, param_, 16);
CRITERION_AT(abi_extra, file_, 32);
CRITERION_AT(abi_extra, line_, 40);
CRITERION_AT(abi_extra, init, 48);
CRITERION_AT(abi_extra, fini, 56);
CRITERION_AT(abi_extra, signal, 64);
CRITERION_AT(abi_extra, exit_code, 68);
CRITERION_AT(abi_extra, disabled, 72);
CRITERION_AT(abi_extra, description, 80);
CRITERION_AT(abi_extra, timeout, 88);
CRITERION_SIZE(abi_test, 32);
CRITERION_AT(abi_test, test, 16);
CRITERION_AT(abi_test, data, 24);
CRITERION_SIZE(abi_suite, 16);
CRITERION_AT(abi_suite, data, 8);

/* One instance of a test. */
struct criterion_call {
	const struct abi_test *test;
	const struct abi_suite *suite; /* data may be NULL */
	const void *param; /* the instance's row; NULL = it has none */
	size_t param_size;
};

/* ---- what a listing makes of them: inline, the shim links nothing -------- */

/* What stands in the section cr_tst may be none. */
static inline bool criterion_is_test(const struct abi_test *test)
{
	return test && test->name && *test->name && test->category &&
	       *test->category && test->test && test->data &&
	       test->data->file_;
}

/* REG-3. */
static inline int criterion_order(const struct abi_test *a,
				  const struct abi_test *b)
{
	int ret = strcmp(a->category, b->category);

	return ret ? ret : strcmp(a->name, b->name);
}

/* Seconds; 0 = none.  Criterion has no limit where ours must be a number. */
static inline double criterion_timeout(const struct abi_test *test,
				       const struct abi_extra *scope)
{
	double timeout = test->data->timeout;

	if (!(timeout > 0) && scope)
		timeout = scope->timeout;
	return isfinite(timeout) && timeout > 0 ? timeout : 0;
}

static inline bool criterion_is_disabled(const struct abi_test *test,
					 const struct abi_extra *scope)
{
	return test->data->disabled || (scope && scope->disabled);
}

static inline bool criterion_has_rows(const struct abi_test *test)
{
	return test->data->kind_ == CRITERION_PARAMETERISED &&
	       test->data->param_;
}

/* The one symbol of the shim that is not Criterion's. */
#define CRITERION_SHIM "shmrun_criterion_shim"

struct criterion_shim {
	/* Before the first run: where failures go. */
	void (*bind)(const struct adapter_host *host);
	/* Runs it from set-up to teardown, and puts back what it did to
	 * standard input, output and error. */
	void (*run)(const struct criterion_call *call);
};

/* Verdicts (CRV-1 to CRV-14), pure. */
enum outcome criterion_judge(const struct adapter_end *end, const char **why);

#endif
