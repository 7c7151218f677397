/* SPDX-License-Identifier: MIT */
/*
 * Programs of Check, and shared objects that have a main() of Check.
 *
 * All functions of Check that a program can call are here, and stand in front
 * of a shared libcheck; where it is linked in, a jump is written to where each
 * begins.  So a program makes our suites and cases (check_suite.c), and where
 * it would run them it serves them.  Each child runs one test with all its
 * fixtures (CHK-4).
 */
#include "shim/check.h"
#include "shim/patch.h"
#include "shim/serve.h"
#include "suite/check.h"

#include <dlfcn.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define TEXT_CAP 4000

/* What a runner was told to run, in Check's order. */
struct choice {
	const char *suite, *tcase;     /* NULL = any */
	const char *include, *exclude; /* tags */
};

static struct check_test **tests;
static uint32_t n_tests;

static const struct check_test *current;
static jmp_buf out; /* of a part of the test in its child */
static bool in_part;

/* ---- one test, in a child -------------------------------------------- */

static bool is_main_thread(void)
{
	return (pid_t)syscall(SYS_gettid) == getpid();
}

/* Ends the part of the test that failed: what tears down outside of it, the
 * unchecked fixtures, goes on. */
__attribute__((noreturn)) static void leave(void)
{
	if (serve_is_test() && in_part && is_main_thread())
		longjmp(out, 1);
	fflush(NULL);
	_exit(1);
}

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-*): Check's own names */
void _ck_assert_failed(const char *file, int line, const char *expr,
		       const char *msg, ...)
/* NOLINTEND(bugprone-reserved-identifier,cert-*) */
{
	char text[TEXT_CAP];
	va_list ap;

	va_start(ap, msg);
	if (msg)
		vsnprintf(text, sizeof(text), msg, ap);
	va_end(ap);
	serve_fail(file, (uint32_t)line, msg ? text : expr);
	leave();
}

/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-*): Check's own name */
void _mark_point(const char *file, int line)
{
	if (serve_page())
		serve_point(file, (uint32_t)line);
}

const char *tcase_name(void)
{
	return current ? current->test->name : NULL;
}

pid_t check_fork(void)
{
	return fork();
}

/* A good way to end a test, and its child. */
void check_waitpid_and_exit(pid_t pid)
{
	int status = pid > 0 ? -1 : 0; /* of what cannot be waited for */

	if (pid > 0)
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	if (!serve_is_test())
		exit(status ? EXIT_FAILURE : EXIT_SUCCESS);
	if (status)
		serve_fail(current->test->file, (uint32_t)current->test->line,
			   "its child process failed");
	leave();
}

static void set_up(const struct fixtures *of)
{
	uint32_t i;

	for (i = 0; i < of->n; i++)
		if (of->all[i].setup)
			of->all[i].setup();
}

/* The last comes first, as in Check. */
static void tear_down(const struct fixtures *of)
{
	uint32_t i;

	for (i = of->n; i-- > 0;)
		if (of->all[i].teardown)
			of->all[i].teardown();
}

static void set_up_all(void)
{
	set_up(&current->tcase->unchecked);
}

static void run_checked(void)
{
	set_up(&current->tcase->checked);
	serve_point(current->test->file, (uint32_t)current->test->line);
	serve_phase(ADAPTER_BODY);
	current->test->fn(current->start + (int)serve_index());
	serve_phase(ADAPTER_TEARDOWN);
	tear_down(&current->tcase->checked);
}

static void tear_down_all(void)
{
	tear_down(&current->tcase->unchecked);
}

/* False: it failed, and has left. */
static bool run_part(void (*part)(void))
{
	bool came_back = false;

	in_part = true;
	if (setjmp(out) == 0) {
		part();
		came_back = true;
	}
	in_part = false;
	return came_back;
}

static void child_run(void *ctx, uint32_t number)
{
	(void)ctx;
	current = tests[number];
	serve_phase(ADAPTER_SETUP);
	if (!run_part(set_up_all))
		return;
	run_part(run_checked);
	serve_phase(ADAPTER_TEARDOWN);
	run_part(tear_down_all);
}

/* ---- choosing -------------------------------------------------------- */

static uint32_t instances(const struct check_test *t)
{
	return t->end > t->start ? (uint32_t)t->end - (uint32_t)t->start : 0;
}

/* Is a word of the list, split at blanks, a tag of the case? */
static bool has_tag(const struct check_case *tc, const char *words)
{
	char *copy = strdup(words), *word, *rest = copy, *hit;
	size_t len;
	bool found = false;

	if (!copy)
		_exit(1);
	while (!found && tc->tags && (word = strsep(&rest, " "))) {
		len = strlen(word);
		for (hit = tc->tags; len && (hit = strstr(hit, word)); hit++)
			if ((hit == tc->tags || hit[-1] == ',') &&
			    (hit[len] == ',' || hit[len] == '\0'))
				found = true;
	}
	free(copy);
	return found;
}

static bool is_chosen(const struct choice *c, const struct check_suite *s,
		      const struct check_case *tc)
{
	if (c->suite && strcmp(c->suite, s->name) != 0)
		return false;
	if (c->tcase && strcmp(c->tcase, tc->name) != 0)
		return false;
	if (c->include && !has_tag(tc, c->include))
		return false;
	return !c->exclude || !has_tag(tc, c->exclude);
}

static void choose_of(struct srunner *sr, struct check_case *tc)
{
	uint32_t i;

	for (i = 0; i < tc->n_tests; i++) {
		if (!instances(&tc->tests[i]))
			continue;
		tests = check_grow(tests, n_tests, sizeof(struct check_test *));
		tests[n_tests++] = &tc->tests[i];
		sr->n_run += instances(&tc->tests[i]);
	}
}

static void choose(struct srunner *sr, const struct choice *c)
{
	uint32_t i, j;

	n_tests = sr->n_run = 0;
	for (i = 0; i < sr->n_suites; i++) {
		struct check_suite *s = sr->suites[i];

		for (j = 0; j < s->n_tcases; j++)
			if (is_chosen(c, s, s->tcases[j]))
				choose_of(sr, s->tcases[j]);
	}
}

/* Something for main() to look at. */
static void make_results(struct srunner *sr)
{
	uint32_t i, j, at = 0;

	free(sr->results);
	sr->results = calloc(sr->n_run + (size_t)1, sizeof(*sr->results));
	if (!sr->results)
		_exit(1);
	for (i = 0; i < n_tests; i++)
		for (j = instances(tests[i]); j > 0; j--)
			sr->results[at++].of = tests[i];
}

/* ---- the entry ------------------------------------------------------- */

/* 0 = it is no loop. */
static uint32_t range(const struct check_test *t)
{
	return t->start == 0 && t->end == 1 ? 0 : instances(t);
}

static void list_one(uint32_t number, const struct check_test *t)
{
	double ms = t->tcase->timeout * 1000;

	serve_list(&(struct serve_test){
		.number = number,
		.scope = t->tcase->name,
		.name = t->test->name,
		.file = t->test->file,
		.line = t->test->line > 0 ? (uint32_t)t->test->line : 0,
		.tags = t->tcase->tags,
		.count = range(t),
		.timeout_ms = ms < UINT32_MAX ? (uint32_t)ms : UINT32_MAX,
		.signal = t->signal,
		.exit_code = t->exit_code,
	});
}

static bool has(uint32_t number)
{
	return number < n_tests && serve_index() < instances(tests[number]) &&
	       serve_is(tests[number]->tcase->name, tests[number]->test->name,
			range(tests[number]));
}

static void serve_all(void)
{
	while (serve_wanted() != SERVED_LEAVE) {
		if (has(serve_wanted())) {
			serve_run(child_run, NULL);
			continue;
		}
		serve_fail("", 0,
			   "this is another test now: does main() make "
			   "them anew each time?");
		serve_break();
	}
}

void srunner_run_tagged(struct srunner *sr, const char *suite,
			const char *tcase, const char *include,
			const char *exclude, int mode)
{
	const struct choice choice = { suite, tcase, include, exclude };
	uint32_t i;

	(void)mode;
	check_is_ours(sr, CHECK_RUNNER);
	/* Check's own functions are not there any more. */
	if (current) {
		serve_fail("", 0,
			   "it runs tests of its own with Check, which "
			   "is not possible here");
		leave();
	}
	choose(sr, &choice);
	make_results(sr);
	if (!serve_enter())
		return;
	/* As Check's own: handlers of atexit(3) have a say. */
	if (sr->fork_status != CHECK_NO_FORK)
		serve_end_by_exit();
	if (serve_page()->mode == SERVED_RUN)
		serve_all();
	else
		for (i = 0; i < n_tests; i++)
			list_one(i, tests[i]);
}

/* The environment does not choose tests (VAR-13). */
void srunner_run_all(struct srunner *sr, int mode)
{
	srunner_run_tagged(sr, NULL, NULL, NULL, NULL, mode);
}

void srunner_run(struct srunner *sr, const char *suite, const char *tcase,
		 int mode)
{
	srunner_run_tagged(sr, suite, tcase, NULL, NULL, mode);
}

/* ---- start ----------------------------------------------------------- */

/* What is not in the file is in a library. */
static int version_part(enum check_symbol i)
{
	static const char *const names[N_CHECK_SYMBOLS] = CHECK_SYMBOL_NAMES;
	uint64_t at = serve_page()->symbols[i];
	const int *value = at ? (const int *)(serve_base() + (uintptr_t)at)
			      : dlsym(RTLD_DEFAULT, names[i]);

	return value ? *value : -1;
}

/* A suite that has no Check in it was built for the functions as they are. */
static void check_version(void)
{
	int major = version_part(CHECK_MAJOR);
	int minor = version_part(CHECK_MINOR);

	if (minor >= 0 && (major != 0 || minor < 13))
		serve_refuse("its Check is not one that is known: 0.13 to "
			     "0.15");
}

#define CHECK_OUR(name) (void *)(uintptr_t)(name),

void serve_loaded(void)
{
	static void *const ours[N_CHECK_FUNCTIONS] = { CHECK_FUNCTIONS(
		CHECK_OUR) };
	static struct patch patches[N_CHECK_FUNCTIONS];
	uint64_t *symbols = serve_page()->symbols;
	uint32_t i;

	check_version();
	/* Another's of such a name. */
	if (!symbols[CHECK_OF_srunner_run_tagged])
		return;
	for (i = 0; i < N_CHECK_FUNCTIONS; i++) {
		void *theirs = (void *)(serve_base() + (uintptr_t)symbols[i]);

		if (symbols[i] && !patch_open(&patches[i], theirs, ours[i]))
			serve_refuse("its code cannot be changed on this "
				     "machine");
	}
}
