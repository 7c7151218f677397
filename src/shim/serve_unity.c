/* SPDX-License-Identifier: MIT */
/*
 * Shared objects of Unity's tests, with their main().
 *
 * What is exported here stands in front of the Unity that is a part of the
 * object.  main() goes from test to test by itself, so the server stands where
 * it comes to the first one (UNI-1).  A child goes on from there, past all that
 * are not wanted, to the one that is, and lets Unity's own function run it.
 *
 * What became of it is what Unity prints and counts: both must agree (UNI-2).
 */
#include "shim/serve.h"

#include "base/jump.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
#define LINE_CAP 4096
#define SCOPE_CAP 200

typedef void (*test_fn)(void);

EXPORT void UnityBegin(const char *file);
EXPORT int UnityEnd(void);
EXPORT void UnityDefaultTestRun(test_fn test, const char *name, int line);
EXPORT void setUp(void);
EXPORT void tearDown(void);

/* The functions behind ours: looked up once, not in each child. */
static struct {
	__typeof__(&UnityBegin) begin;
	__typeof__(&UnityEnd) end;
	__typeof__(&UnityDefaultTestRun) run;
	__typeof__(&setUp) set_up;
	__typeof__(&tearDown) tear_down;
} real;

static struct {
	struct jump out; /* of the server's loop, in a child */
	uint32_t n;	 /* tests that main() has come to */
	uint32_t wanted;
	bool is_child;
	bool met; /* the one that is wanted */
	const char *file;
	char scope[SCOPE_CAP];
} walk;

static struct {
	test_fn body;
	bool returned;	/* the body has */
	bool set_up, tear_down; /* within it, or left by a failure in it */
} test;

/* What Unity says of a test. */
enum result { RESULT_NONE, RESULT_PASS, RESULT_FAIL, RESULT_IGNORE };

static struct {
	const char *name;
	FILE *before; /* what was stdout */
	char text[LINE_CAP]; /* the line that is being printed */
	size_t len;
	bool is_over; /* the rest is Unity's summary */
	enum result result;
	uint32_t line;
	char why[LINE_CAP];
} said;

/* ---- what is printed ------------------------------------------------- */

/* Colours, which a configuration of Unity may have. */
static void strip_colours(char *text)
{
	char *to = text;

	while (*text) {
		if (text[0] == '\033' && text[1] == '[') {
			text += 2 + strcspn(text + 2, "m");
			text += *text == 'm';
			continue;
		}
		*to++ = *text++;
	}
	*to = '\0';
}

static enum result result_of(const char **text)
{
	static const char *const words[] = { [RESULT_PASS] = "PASS",
					     [RESULT_FAIL] = "FAIL",
					     [RESULT_IGNORE] = "IGNORE" };
	enum result r;

	for (r = RESULT_PASS; r <= RESULT_IGNORE; r++) {
		size_t len = strlen(words[r]);

		if (strncmp(*text, words[r], len) != 0)
			continue;
		*text += len;
		return r;
	}
	return RESULT_NONE;
}

/* The number before the test's name: the formats for editors differ in what is
 * around it. */
static uint32_t line_before(const char *text, const char *at)
{
	uint32_t line = 0, place = 1;

	while (at > text && strchr(":) ", at[-1]))
		at--;
	for (; at > text && at[-1] >= '0' && at[-1] <= '9'; at--) {
		line += (uint32_t)(at[-1] - '0') * place;
		place *= 10;
	}
	return line;
}

/* FILE:LINE:NAME:RESULT: TEXT, which may stand behind what the test has
 * printed. */
static bool read_line(char *text)
{
	size_t len = strlen(said.name);
	const char *at = text, *rest;
	enum result r;

	strip_colours(text);
	for (; (at = strstr(at, said.name)); at++) {
		if (at[len] != ':' || (at > text && !strchr(": ", at[-1])))
			continue;
		rest = at + len + 1;
		r = result_of(&rest);
		if (r == RESULT_NONE)
			continue;
		said.result = r;
		said.line = line_before(text, at);
		rest += strspn(rest, ": ");
		snprintf(said.why, sizeof(said.why), "%s", rest);
		return true;
	}
	return false;
}

static void pass_on(const char *text, size_t len)
{
	ssize_t n;

	while (len && (n = write(STDOUT_FILENO, text, len)) > 0) {
		text += n;
		len -= (size_t)n;
	}
}

/* Nothing is held back, as this process may end at any time; a line of Unity's
 * that came at once says nothing that a report does not, and is left out. */
static ssize_t take(void *cookie, const char *bytes, size_t size)
{
	size_t i, from = 0, begin = 0;
	bool whole = said.len == 0;

	(void)cookie;
	for (i = 0; i < size && !said.is_over; i++) {
		if (bytes[i] != '\n') {
			if (said.len < sizeof(said.text) - 1)
				said.text[said.len++] = bytes[i];
			continue;
		}
		said.text[said.len] = '\0';
		said.len = 0;
		if (read_line(said.text) && whole) {
			pass_on(bytes + from, begin - from);
			from = i + 1;
		}
		begin = i + 1;
		whole = true;
	}
	if (!said.is_over)
		pass_on(bytes + from, size - from);
	return (ssize_t)size;
}

#if defined(__GLIBC__)
static bool hear(void)
{
	static const cookie_io_functions_t io = { .write = take };
	FILE *to = fopencookie(NULL, "w", io);

	if (!to)
		return false;
	setvbuf(to, NULL, _IOLBF, BUFSIZ);
	said.before = stdout;
	stdout = to;
	return true;
}

static void hear_no_more(void)
{
	fflush(stdout);
	stdout = said.before;
}
#else
static bool hear(void)
{
	(void)take;
	return false;
}

static void hear_no_more(void)
{
}
#endif

/* ---- one test, in a child -------------------------------------------- */

void setUp(void)
{
	bool mine = test.body && serve_is_test();

	if (mine) {
		test.set_up = true;
		serve_phase(ADAPTER_SETUP);
	}
	real.set_up();
	if (mine) {
		test.set_up = false;
		serve_phase(ADAPTER_BODY);
	}
}

void tearDown(void)
{
	bool mine = test.body && serve_is_test();

	if (mine) {
		test.tear_down = true;
		serve_phase(ADAPTER_TEARDOWN);
	}
	real.tear_down();
	if (mine)
		test.tear_down = false;
}

static void run_body(void)
{
	test.body();
	test.returned = true;
}

/* Where it failed. */
static enum adapter_phase failed_in(void)
{
	if (test.set_up)
		return ADAPTER_SETUP;
	return test.tear_down && test.returned ? ADAPTER_TEARDOWN
					       : ADAPTER_BODY;
}

static void judge(uint32_t n_failures)
{
	serve_phase(failed_in());
	if (said.result == RESULT_FAIL)
		serve_fail(walk.file, said.line, said.why);
	else if (n_failures)
		serve_fail("", 0, "Unity counts a failure");
	else if (said.result == RESULT_NONE)
		serve_fail("", 0, "Unity has not printed to stdout what came "
			   "of it");
	else if (said.result == RESULT_IGNORE)
		serve_skip(walk.file, said.line,
			   *said.why ? said.why : "ignored");
}

__attribute__((noreturn)) static void run_one(const char *name, int line)
{
	int n_failures;

	walk.met = true;
	if (!serve_is(walk.scope, name, 0)) {
		serve_fail("", 0, "this is another test now: does main() go "
			   "another way?");
		serve_finish();
	}
	said.name = name;
	if (!hear()) {
		serve_fail("", 0, "stdout cannot be replaced");
		serve_finish();
	}
	serve_phase(ADAPTER_BODY);
	real.run(run_body, name, line);
	/* A child of the test that came back (PIT-2). */
	if (!serve_is_test())
		serve_finish();
	fflush(stdout);
	said.is_over = true;
	n_failures = real.end();
	hear_no_more();
	judge((uint32_t)n_failures);
	serve_finish();
}

/* ---- the way through main() ------------------------------------------ */

static void say_not_met(void)
{
	if (!walk.met && serve_is_test())
		serve_fail("", 0, "main() does not come to it this time");
}

static void go_on(void *ctx, uint32_t number)
{
	(void)ctx;
	walk.is_child = true;
	walk.wanted = number;
	jump_to(&walk.out);
}

static __attribute__((noinline)) void serve_here(void)
{
	if (jump_set(&walk.out))
		return;
	atexit(say_not_met);
	while (serve_wanted() != SERVED_LEAVE)
		serve_run(go_on, NULL);
}

/* Equal on each machine: without the folder and what follows the first dot. */
static void name_scope(const char *file)
{
	const char *base = strrchr(file, '/');

	base = base ? base + 1 : file;
	if (strcspn(base, ".") == 0)
		base = "unity";
	snprintf(walk.scope, sizeof(walk.scope), "%.*s",
		 (int)strcspn(base, "."), base);
}

static void list_one(uint32_t number, const char *name, int line)
{
	serve_list(&(struct serve_test){
		.number = number,
		.scope = walk.scope,
		.name = name,
		.file = *walk.file ? walk.file : NULL,
		.line = (uint32_t)line,
	});
}

void UnityDefaultTestRun(test_fn body, const char *name, int line)
{
	uint32_t number = walk.n;

	/* One that a test runs is its own. */
	if (!serve_page() || test.body) {
		real.run(body, name, line);
		return;
	}
	walk.n++;
	if (number == 0) {
		if (!*walk.scope)
			name_scope("");
		if (serve_enter() && serve_page()->mode != SERVED_LIST)
			serve_here();
	}
	if (serve_page()->mode == SERVED_LIST) {
		list_one(number, name, line);
	} else if (walk.is_child && number == walk.wanted) {
		test.body = body;
		run_one(name, line);
	}
}

void UnityBegin(const char *file)
{
	if (serve_page()) {
		walk.file = file;
		name_scope(file);
	}
	real.begin(file);
}

/* No test has run in the process of main(), and none has failed. */
int UnityEnd(void)
{
	return serve_page() ? 0 : real.end();
}

static void *find(const char *name)
{
	void *at = dlsym(RTLD_NEXT, name);

	if (!at && serve_page())
		serve_refuse("it does not export Unity's functions, setUp() "
			     "and tearDown()");
	return at;
}

void serve_loaded(void)
{
	walk.file = "";
	*(void **)&real.begin = find("UnityBegin");
	*(void **)&real.end = find("UnityEnd");
	*(void **)&real.run = find("UnityDefaultTestRun");
	*(void **)&real.set_up = find("setUp");
	*(void **)&real.tear_down = find("tearDown");
}
