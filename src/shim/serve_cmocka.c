/* SPDX-License-Identifier: MIT */
/*
 * Programs that use cmocka as a shared library.
 *
 * What is exported here stands in front of libcmocka: its own calls and the
 * program's end here first (CMK-1).  A group is run by the real function with
 * one test in it, the server: so its set-up has run, as cmocka runs it, and
 * its teardown will.  Each child lets the real function run the one test that
 * is wanted, with the group's state.
 */
#include "shim/serve.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
#define TEXT_CAP 2048

typedef void (*test_fn)(void **state);
typedef int (*fixture_fn)(void **state);

/* cmocka 1.1: struct CMUnitTest. */
struct unit_test {
	const char *name;
	test_fn test;
	fixture_fn setup;
	fixture_fn teardown;
	void *initial_state;
};

struct group {
	const char *name;
	const struct unit_test *tests;
	size_t n;
	fixture_fn setup, teardown;
	const struct unit_test *current;
	bool served; /* its set-up came to a good end */
	bool returned; /* the test did */
	void *state;
};

static struct group group;
/* Code of the program runs: what it prints is its own. */
static bool in_user;
static bool nested; /* ... and runs a group itself */
/* What cmocka said since the last failure. */
static char said[TEXT_CAP];
static size_t said_len;
static bool failing; /* within the real _fail() */

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-*): cmocka's own names */
EXPORT int _cmocka_run_group_tests(const char *name,
				   const struct unit_test *tests, size_t n,
				   fixture_fn setup, fixture_fn teardown);
EXPORT void _fail(const char *file, int line);
EXPORT void _skip(const char *file, int line);
EXPORT int _run_tests(const void *tests, size_t n);
EXPORT int _run_group_tests(const void *tests, size_t n);
/* NOLINTEND(bugprone-reserved-identifier,cert-*) */
EXPORT __attribute__((format(printf, 1, 2))) void
cm_print_error(const char *fmt, ...);
EXPORT __attribute__((format(printf, 1, 2))) void print_error(const char *fmt,
							      ...);
EXPORT __attribute__((format(printf, 1, 2))) void
print_message(const char *fmt, ...);

/* The functions behind ours: looked up once, not in each child. */
static struct {
	__typeof__(&_cmocka_run_group_tests) group;
	__typeof__(&_fail) fail;
	__typeof__(&_skip) skip;
	__typeof__(&cm_print_error) explain;
} real;

static void *find(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

/* Where the object begins that code lies in. */
static const void *object_of(const void *code)
{
	Dl_info info;

	return dladdr(code, &info) ? info.dli_fbase : NULL;
}

/* ---- text ------------------------------------------------------------ */

static void say(const char *fmt, va_list ap)
{
	int n;

	if (failing || said_len >= sizeof(said) - 1)
		return;
	n = vsnprintf(said + said_len, sizeof(said) - said_len, fmt, ap);
	if (n > 0)
		said_len += (size_t)n;
	if (said_len >= sizeof(said))
		said_len = sizeof(said) - 1;
}

/* What was said, without its last newline. */
static const char *take_said(const char *otherwise)
{
	while (said_len && said[said_len - 1] == '\n')
		said_len--;
	said[said_len] = '\0';
	if (said_len == 0)
		return otherwise;
	said_len = 0;
	return said;
}

/* Where it was stands in the text: "FILE:LINE: error: ...". */
static void fail_as_said(void)
{
	const char *text = take_said("cmocka says that it failed");
	const char *at = text;
	char file[200] = "", colon;
	uint32_t line = 0;

	while (at && sscanf(at, "%199[^:\n]:%" SCNu32 ": error%c", file, &line,
			    &colon) != 3) {
		file[0] = '\0';
		at = strchr(at, '\n');
		at = at ? at + 1 : NULL;
	}
	serve_fail(file, at ? line : 0, text);
}

/* cmocka goes on, and the program has neither come back nor failed nor skipped:
 * it was left by a jump of cmocka's own, as from a mock of which nobody has
 * said what it does. */
static void end_user(void)
{
	if (!in_user)
		return;
	in_user = false;
	fail_as_said();
}

/* Who prints: cmocka itself? */
static void listen_to(const void *caller)
{
	if (serve_page() && in_user && !nested &&
	    object_of(caller) == object_of((void *)(uintptr_t)real.group))
		end_user();
}

void cm_print_error(const char *fmt, ...)
{
	char text[TEXT_CAP];
	va_list ap;

	va_start(ap, fmt);
	if (serve_page())
		say(fmt, ap);
	va_end(ap);
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	real.explain("%s", text);
}

/* The framework's own lines say nothing that a report does not.  The last one
 * of the test may be why it is about to fail: fail_msg() is such a line. */
void print_error(const char *fmt, ...)
{
	va_list ap;

	listen_to(__builtin_return_address(0));
	va_start(ap, fmt);
	if (!serve_page() || in_user)
		vfprintf(stderr, fmt, ap);
	va_end(ap);
	if (!serve_page() || !in_user)
		return;
	said_len = 0;
	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

void print_message(const char *fmt, ...)
{
	va_list ap;

	listen_to(__builtin_return_address(0));
	va_start(ap, fmt);
	if (!serve_page() || in_user)
		vprintf(fmt, ap);
	va_end(ap);
}

/* ---- ends of tests --------------------------------------------------- */

void _fail(const char *file, int line)
{
	if (serve_page()) {
		serve_fail(file, (uint32_t)line, take_said("Failure!"));
		in_user = false;
		failing = true;
	}
	real.fail(file, line);
	abort();
}

void _skip(const char *file, int line)
{
	if (serve_page()) {
		serve_skip(file, (uint32_t)line, "skip()");
		in_user = false;
		failing = true;
	}
	real.skip(file, line);
	abort();
}

/* cmocka catches them and goes on; here they end one process, and are told as
 * what they are (CMK-3). */
static void begin_user(void)
{
	static const int signals[] = { SIGFPE, SIGILL, SIGSEGV, SIGBUS,
				       SIGSYS };
	size_t i;

	for (i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		signal(signals[i], SIG_DFL);
	failing = false;
	in_user = true;
}

static int call_fixture(fixture_fn fn, void **state, const char *what)
{
	char text[80];
	int ret;

	begin_user();
	ret = fn(state);
	in_user = false;
	if (ret != 0) {
		snprintf(text, sizeof(text), "%s returned %d", what, ret);
		serve_fail("", 0, text);
	}
	return ret;
}

/* ---- one test, in a child -------------------------------------------- */

static int child_setup(void **state)
{
	serve_phase(ADAPTER_SETUP);
	return call_fixture(group.current->setup, state, "its set-up");
}

static int child_teardown(void **state)
{
	end_user();
	serve_phase(ADAPTER_TEARDOWN);
	return call_fixture(group.current->teardown, state, "its teardown");
}

static void child_test(void **state)
{
	serve_phase(ADAPTER_BODY);
	begin_user();
	if (group.current->test)
		group.current->test(state);
	in_user = false;
	group.returned = true;
}

static void child_run(void *ctx, uint32_t number)
{
	const struct unit_test *t = &group.tests[number];
	struct unit_test one = {
		.name = t->name,
		.test = child_test,
		.setup = t->setup ? child_setup : NULL,
		.teardown = t->teardown ? child_teardown : NULL,
		.initial_state = group.state ? group.state : t->initial_state,
	};
	struct served_attempt *attempt = &serve_page()->attempt;
	int ret;

	(void)ctx;
	group.current = t;
	said_len = 0;
	ret = real.group("", &one, 1, NULL, NULL);
	end_user();
	if (ret != 0 && !serve_has_failed()) {
		/* Leaked blocks, values that nobody asked for. */
		serve_phase(ADAPTER_BODY);
		fail_as_said();
	} else if (!group.returned && !serve_has_failed() &&
		   !attempt->skipped) {
		serve_fail("", 0, "cmocka has not run it: does main() set a "
			   "filter?");
	}
}

/* ---- the group ------------------------------------------------------- */

static int group_setup(void **state)
{
	return call_fixture(group.setup, state, "the set-up of its group");
}

static int group_teardown(void **state)
{
	return call_fixture(group.teardown, state,
			    "the teardown of its group");
}

static bool group_is_test(const struct unit_test *t)
{
	return t->name && (t->test || t->setup || t->teardown);
}

static bool group_has(uint32_t number)
{
	return number < group.n && group_is_test(&group.tests[number]) &&
	       serve_is(group.name, group.tests[number].name, 0);
}

static void group_serve(void **state)
{
	group.served = true;
	group.state = *state;
	while (serve_wanted() != SERVED_LEAVE) {
		if (group_has(serve_wanted())) {
			serve_run(child_run, NULL);
			continue;
		}
		serve_fail("", 0, "this is another test now: does main() make "
			   "them anew each time?");
		serve_break();
	}
	said_len = 0;
}

static void group_list(const char *name, const struct unit_test *tests,
		       size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (group_is_test(&tests[i]))
			serve_list(&(struct serve_test){
				.number = (uint32_t)i,
				.scope = name,
				.name = tests[i].name,
			});
}

static int group_run(const char *name)
{
	const struct unit_test server = { .name = name,
					  .test = group_serve };
	int ret = real.group(name, &server, 1,
			     group.setup ? group_setup : NULL,
			     group.teardown ? group_teardown : NULL);

	if (!group.served) {
		if (!serve_has_failed())
			serve_fail("", 0, take_said("the set-up of its group "
						    "failed, or main() "
						    "set a filter"));
		serve_break_all();
	} else if (ret != 0 && !serve_has_failed()) {
		serve_fail("", 0, take_said("the teardown of its group "
					    "failed"));
	}
	return ret;
}

int _cmocka_run_group_tests(const char *name, const struct unit_test *tests,
			    size_t n, fixture_fn setup, fixture_fn teardown)
{
	int ret;

	/* One that a test or a fixture runs is theirs. */
	if (!serve_page() || group.name) {
		nested = true;
		ret = real.group(name, tests, n, setup, teardown);
		nested = false;
		return ret;
	}
	if (!serve_enter())
		return 0;
	if (serve_page()->mode == SERVED_LIST) {
		group_list(name, tests, n);
		return 0;
	}
	group = (struct group){ .name = name,
				.tests = tests,
				.n = n,
				.setup = setup,
				.teardown = teardown };
	ret = group_run(name);
	group.name = NULL;
	return ret;
}

/* The interface of before 1.0. */
int _run_tests(const void *tests, size_t n)
{
	if (serve_page())
		serve_refuse("it uses run_tests(), cmocka's old interface");
	return ((__typeof__(&_run_tests))(uintptr_t)find("_run_tests"))(tests,
									n);
}

int _run_group_tests(const void *tests, size_t n)
{
	if (serve_page())
		serve_refuse("it uses run_group_tests(), cmocka's old "
			     "interface");
	return ((__typeof__(&_run_group_tests))(uintptr_t)find(
		"_run_group_tests"))(tests, n);
}

__attribute__((constructor)) static void cmocka_open(void)
{
	real.group = (__typeof__(real.group))(uintptr_t)find(
		"_cmocka_run_group_tests");
	real.fail = (__typeof__(real.fail))(uintptr_t)find("_fail");
	real.skip = (__typeof__(real.skip))(uintptr_t)find("_skip");
	real.explain = (__typeof__(real.explain))(uintptr_t)find(
		"cm_print_error");
	/* It would write a report of its own. */
	unsetenv("CMOCKA_MESSAGE_OUTPUT");
	unsetenv("CMOCKA_XML_FILE");
}

/* A shared object brings libcmocka with it. */
void serve_loaded(void)
{
	cmocka_open();
}
