/* SPDX-License-Identifier: MIT */
/*
 * Programs of GoogleTest.
 *
 * gtest goes through its suites and their tests itself; what is taken over is
 * the way there: UnitTest::Run(), where all is registered and main() has done
 * its part, TestSuite::Run() and TestInfo::Run().  Environments, SetUpTestSuite
 * and what belongs to them are run by gtest, in the server; within a suite's
 * run, children run gtest's own TestInfo::Run() of the test that is wanted.
 *
 * Known of gtest's memory: a suite's name, a test's name, place and whether a
 * filter of main() wants it, and a failure's place; the same in all versions
 * from 1.10 on.
 */
#include "shim/mocks.h"
#include "shim/patch.h"
#include "shim/serve.h"
#include "suite/gtest.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* libstdc++'s std::string. */
struct string {
	const char *text;
	size_t len;
	char own[16];
};

struct test_suite {
	void *vtable;
	struct string name;
};

struct test_info {
	struct string suite_name, name;
	void *type_param, *value_param;
	struct string file;
	int line;
	const void *fixture_class;
	unsigned char should_run; /* by the filter: a bool, or a bit */
};

enum part_type { PART_SUCCESS, PART_FAILURE, PART_FATAL, PART_SKIP };

struct part {
	enum part_type type;
	struct string file;
	int line;
	struct string summary, message;
};

struct listeners {
	void *repeater;
	void *printer; /* of results, gtest's own */
};

static struct {
	int (*run_all)(void *unit_test);
	void (*run_suite)(struct test_suite *suite);
	void (*run_test)(struct test_info *test);
	int (*count_suites)(void *unit_test);
	struct test_suite *(*get_suite)(void *unit_test, int i);
	int (*count_tests)(struct test_suite *suite);
	struct test_info *(*get_test)(struct test_suite *suite, int i);
	struct listeners *(*listeners)(void *unit_test);
	void *(*release)(struct listeners *from, void *listener);
	void (*report)(void *reporter, const struct part *part);
	void **reporter;
} gtest;

/* A suite as the worker's numbers know it. */
struct span {
	struct test_suite *suite;
	struct test_info **tests; /* as they were listed: gtest may shuffle */
	uint32_t first, n;	  /* tests, numbered through */
	bool broken;	   /* its set-up failed: */
	const struct part *why; /* ... NULL = gtest does not say */
};

static struct patch patch_all, patch_suite, patch_test;
static struct span *spans;
static uint32_t n_spans;
static struct span *current; /* the one that gtest runs */
static bool entered; /* gtest has come to its tests */
static bool left;    /* ... and to a test of another one */
static bool over;    /* the worker leaves */
static bool served;  /* environments are up */
static const struct part *fault; /* the last one outside of tests */
static const struct part *torn; /* the last one of a suite's end */

#define FILTERED                                                              \
	"gtest has not run it: is it out of a filter that main() sets?"
#define OTHER_TESTS                                                           \
	"this is another test now: does main() make them anew each time?"

/* ---- what is found --------------------------------------------------- */

static void *find(enum gtest_symbol i)
{
	static const char *const names[N_GTEST_SYMBOLS] = GTEST_SYMBOL_NAMES;
	uint64_t at = serve_page()->symbols[i];

	if (at)
		return (void *)(serve_base() + (uintptr_t)at);
	return dlsym(RTLD_DEFAULT, names[i]);
}

static bool find_all(void)
{
	uint64_t at = serve_page()->symbols[GTEST_MOCKS];
	void **to = (void **)&gtest;
	uint32_t i;

	_Static_assert(sizeof(gtest) == N_GTEST_SYMBOLS * sizeof(void *),
		       "in the order of enum gtest_symbol");
	for (i = 0; i < N_GTEST_SYMBOLS; i++) {
		to[i] = find((enum gtest_symbol)i);
		if (!to[i])
			return false;
	}
	if (at)
		mocks_open((void *)(serve_base() + (uintptr_t)at));
	return true;
}

/* ---- failures -------------------------------------------------------- */

/* What it is made of is gtest's, and will not live long enough. */
static struct part *keep(const struct part *part)
{
	struct part *kept = calloc(1, sizeof(*kept));

	if (!kept)
		_exit(1);
	*kept = *part;
	kept->file.text = strdup(part->file.len ? part->file.text : "");
	kept->summary.text = strdup(part->summary.text);
	return kept;
}

static void tell(const struct part *part)
{
	serve_fail(part->file.len ? part->file.text : "",
		   part->line > 0 ? (uint32_t)part->line : 0,
		   part->summary.text);
}

/* Every part of every result comes here, after what EXPECT_FATAL_FAILURE and
 * its kin have kept to themselves. */
static void gtest_report(void *reporter, const struct part *part)
{
	bool in_test = serve_page()->attempt.phase == ADAPTER_BODY;

	if (part->type == PART_SKIP) {
		/* Those that a broken set-up skips are not skipped. */
		if (in_test || !serve_faults())
			serve_skip(part->file.len ? part->file.text : "",
				   (uint32_t)part->line, part->summary.text);
	} else if (part->type != PART_SUCCESS) {
		tell(part);
		if (!in_test)
			fault = keep(part);
	}
	gtest.report(reporter, part);
}

/* Behind the two destructors; false: the class is another one. */
static bool gtest_watch(void)
{
	void **slot = gtest.reporter + 4;
	void *instead = (void *)(uintptr_t)gtest_report;

	return *slot == (void *)(uintptr_t)gtest.report &&
	       patch_write(slot, &instead, sizeof(instead));
}

/* ---- listing --------------------------------------------------------- */

/* As gtest's own filter has it. */
static bool is_disabled(const struct string *s)
{
	return strncmp(s->text, "DISABLED_", 9) == 0 ||
	       strstr(s->text, "/DISABLED_");
}

static void list_test(uint32_t number, const struct test_info *t)
{
	serve_list(&(struct serve_test){
		.number = number,
		.scope = t->suite_name.text,
		.name = t->name.text,
		.file = t->file.len ? t->file.text : NULL,
		.line = t->line > 0 ? (uint32_t)t->line : 0,
		.disabled = is_disabled(&t->suite_name) ||
			    is_disabled(&t->name),
	});
}

static void list_all(void)
{
	uint32_t i, j;

	for (i = 0; i < n_spans; i++)
		for (j = 0; j < spans[i].n; j++)
			list_test(spans[i].first + j,
				  spans[i].tests[j]);
}

/* Before gtest shuffles them, which main() may ask for: a number is one test
 * in every process. */
static struct test_info **tests_of(struct test_suite *suite, uint32_t n)
{
	struct test_info **tests = calloc(n + 1, sizeof(*tests));
	uint32_t i;

	if (!tests)
		_exit(1);
	for (i = 0; i < n; i++)
		tests[i] = gtest.get_test(suite, (int)i);
	return tests;
}

static void number_all(void *unit_test)
{
	uint32_t i, n = 0;

	n_spans = (uint32_t)gtest.count_suites(unit_test);
	spans = calloc(n_spans + 1, sizeof(*spans));
	if (!spans)
		_exit(1);
	for (i = 0; i < n_spans; i++) {
		struct test_suite *suite = gtest.get_suite(unit_test, (int)i);

		spans[i] = (struct span){
			.suite = suite,
			.first = n,
			.n = (uint32_t)gtest.count_tests(suite),
		};
		spans[i].tests = tests_of(suite, spans[i].n);
		n += spans[i].n;
	}
}

/* ---- running --------------------------------------------------------- */

static bool is_in(const struct span *s, uint32_t number)
{
	return number >= s->first && number - s->first < s->n;
}

/* NULL: the worker leaves, or knows tests that are not here. */
static struct span *span_of(uint32_t number)
{
	uint32_t i;

	if (current && is_in(current, number))
		return current;
	for (i = 0; i < n_spans; i++)
		if (is_in(&spans[i], number))
			return &spans[i];
	return NULL;
}

static void child_run(void *ctx, uint32_t number)
{
	struct test_info *test = current->tests[number - current->first];

	(void)ctx;
	/* Fixtures of a test are a part of it, as in gtest. */
	serve_phase(ADAPTER_BODY);
	gtest.run_test(test);
	if (mocks_are_left())
		serve_end_by_exit();
}

/* What a filter keeps away gtest would not run, which looks like a pass; what
 * main() makes anew each time may be another test by now. */
static void serve_one(void)
{
	uint32_t number = serve_wanted();
	const struct test_info *t = current->tests[number - current->first];
	const char *why = NULL;

	if (!serve_is(t->suite_name.text, t->name.text, 0))
		why = OTHER_TESTS;
	else if (!(t->should_run & 1))
		why = FILTERED;
	if (!why) {
		serve_run(child_run, NULL);
		return;
	}
	serve_fail("", 0, why);
	serve_break();
}

/* In place of TestInfo::Run(): the first of a suite serves them all. */
static void hook_test(struct test_info *test)
{
	(void)test;
	entered = true;
	serve_soil();
	if (left || over)
		return;
	if (serve_faults()) {
		/* An older gtest goes on behind a broken set-up. */
		current->broken = left = true;
		return;
	}
	/* gtest has decided to run them, whatever the set-up said. */
	serve_page()->attempt.skipped = 0;
	patch_off(&patch_test);
	while (is_in(current, serve_wanted()))
		serve_one();
	patch_on(&patch_test);
	left = true;
}

/* The end of a suite fails when the test of another one is wanted already,
 * which has no part in it: that is told when the worker leaves. */
static void set_aside(void)
{
	if (!serve_faults() || !fault || serve_wanted() == SERVED_LEAVE)
		return;
	torn = fault;
	serve_forget();
}

static void enter(struct span *span)
{
	uint32_t number = serve_wanted();

	current = span;
	fault = NULL;
	entered = left = false;
	patch_off(&patch_suite);
	gtest.run_suite(span->suite);
	patch_on(&patch_suite);
	if (!entered)
		span->broken = true;
	if (!span->broken)
		set_aside();
	if (!span->broken || serve_wanted() != number)
		return;
	span->why = fault;
	if (!serve_faults())
		serve_fail("", 0, FILTERED);
	serve_break();
}

/* In place of TestSuite::Run(): the first one goes to those that are wanted,
 * in that order. */
static void hook_suite(struct test_suite *suite)
{
	struct span *span;

	(void)suite;
	served = true;
	while (!over) {
		uint32_t number = serve_wanted();

		if (number == SERVED_LEAVE) {
			over = true;
			if (torn)
				tell(torn);
			break;
		}
		span = span_of(number);
		if (span && !span->broken) {
			enter(span);
			continue;
		}
		if (span && span->why)
			tell(span->why);
		else
			serve_fail("", 0, "gtest does not run it");
		serve_break();
	}
}

static bool has_broken(void)
{
	uint32_t i;

	for (i = 0; i < n_spans; i++)
		if (spans[i].broken)
			return true;
	return false;
}

static int serve_all(void *unit_test)
{
	struct listeners *listeners = gtest.listeners(unit_test);
	int ret;

	/* Its lines say nothing that a report does not. */
	if (listeners->printer)
		gtest.release(listeners, listeners->printer);
	if (!patch_open(&patch_suite, (void *)(uintptr_t)gtest.run_suite,
			(void *)(uintptr_t)hook_suite) ||
	    !patch_open(&patch_test, (void *)(uintptr_t)gtest.run_test,
			(void *)(uintptr_t)hook_test))
		serve_refuse("its code cannot be changed");
	patch_off(&patch_all);
	ret = gtest.run_all(unit_test);
	if (!served) {
		if (!serve_has_failed() && !serve_page()->attempt.skipped)
			serve_fail("", 0, "gtest has run no suite: does "
				   "main() set a filter?");
		serve_break_all();
	}
	/* Of that, each test has told. */
	return has_broken() && !serve_has_failed() ? 0 : ret;
}

/* In place of UnitTest::Run(). */
static int hook_all(void *unit_test)
{
	if (!serve_enter())
		return 0;
	number_all(unit_test);
	if (serve_page()->mode == SERVED_LIST) {
		list_all();
		return 0;
	}
	if (!gtest_watch())
		serve_refuse("its gtest is of an unknown kind");
	return serve_all(unit_test);
}

/* ---- start ----------------------------------------------------------- */

/* What would have gtest run a part, or more, or write reports. */
static void forget_environment(void)
{
	static const char *const names[] = {
		"GTEST_ALSO_RUN_DISABLED_TESTS", "GTEST_BREAK_ON_FAILURE",
		"GTEST_FAIL_FAST", "GTEST_FILTER", "GTEST_LIST_TESTS",
		"GTEST_OUTPUT", "GTEST_RANDOM_SEED", "GTEST_REPEAT",
		"GTEST_SHARD_INDEX", "GTEST_SHARD_STATUS_FILE",
		"GTEST_SHUFFLE", "GTEST_STREAM_RESULT_TO",
		"GTEST_TOTAL_SHARDS", "TESTBRIDGE_TEST_ONLY",
		"TEST_PREMATURE_EXIT_FILE", "TEST_SHARD_INDEX",
		"TEST_TOTAL_SHARDS", "XML_OUTPUT_FILE",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		unsetenv(names[i]);
}

/* As gtest_main's main() would: gtest runs what it is told to by the arguments,
 * among them those with which a death test starts the program anew. */
int serve_carried(int (*main_of)(int argc, char **argv, char **env), int argc,
		  char **argv)
{
	void (*init)(int *n, char **args) = (__typeof__(init))(uintptr_t)dlsym(
		RTLD_DEFAULT, GTEST_INIT);
	void *(*instance)(void) = (__typeof__(instance))(uintptr_t)dlsym(
		RTLD_DEFAULT, GTEST_INSTANCE);

	if (main_of)
		return main_of(argc, argv, environ);
	if (!init || !instance)
		serve_refuse("it has no main(), and does not export gtest's "
			     "functions");
	init(&argc, argv);
	return gtest.run_all(instance());
}

void serve_loaded(void)
{
	forget_environment();
	if (!find_all())
		serve_refuse("its gtest does not have what is needed of 1.10 "
			     "or later");
	if (!patch_open(&patch_all, (void *)(uintptr_t)gtest.run_all,
			(void *)(uintptr_t)hook_all))
		serve_refuse("its code cannot be changed on this machine");
}
