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

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CRITERION_SONAME "libcriterion.so.3"

struct criterion_test_params {
	size_t size;
	void *params;
	size_t length;
	void (*cleanup)(struct criterion_test_params *params);
};

enum { CRITERION_PARAMETERISED = 1 };

struct criterion_test_extra_data {
	int sentinel_;
	int compiler_;
	int lang_;
	int kind_;
	struct criterion_test_params (*param_)(void);
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

struct criterion_test {
	const char *name;
	const char *category;
	void (*test)(void);
	struct criterion_test_extra_data *data;
};

struct criterion_suite {
	const char *name;
	struct criterion_test_extra_data *data;
};

#define CRITERION_AT(type, member, at) \
	_Static_assert(offsetof(struct type, member) == (at), #type "." #member)
#define CRITERION_SIZE(type, size) \
	_Static_assert(sizeof(struct type) == (size), #type)

CRITERION_SIZE(criterion_test_params, 32);
CRITERION_AT(criterion_test_params, cleanup, 24);
CRITERION_SIZE(criterion_test_extra_data, 104);
CRITERION_AT(criterion_test_extra_data, kind_, 12);
CRITERION_AT(criterion_test_extra_data, param_, 16);
CRITERION_AT(criterion_test_extra_data, file_, 32);
CRITERION_AT(criterion_test_extra_data, line_, 40);
CRITERION_AT(criterion_test_extra_data, init, 48);
CRITERION_AT(criterion_test_extra_data, fini, 56);
CRITERION_AT(criterion_test_extra_data, signal, 64);
CRITERION_AT(criterion_test_extra_data, exit_code, 68);
CRITERION_AT(criterion_test_extra_data, disabled, 72);
CRITERION_AT(criterion_test_extra_data, description, 80);
CRITERION_AT(criterion_test_extra_data, timeout, 88);
CRITERION_SIZE(criterion_test, 32);
CRITERION_AT(criterion_test, test, 16);
CRITERION_AT(criterion_test, data, 24);
CRITERION_SIZE(criterion_suite, 16);
CRITERION_AT(criterion_suite, data, 8);

/* One instance of a test. */
struct criterion_call {
	const struct criterion_test *test;
	const struct criterion_suite *suite; /* data may be NULL */
	const void *param; /* the instance's row; NULL = it has none */
	size_t param_size;
};

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
