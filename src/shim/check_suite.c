/* SPDX-License-Identifier: MIT */
/* What main() of a program of Check makes: suites, cases, tests, runners.
 * Nothing is freed before the process ends; all is reachable. */
#include "shim/check.h"
#include "shim/serve.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* So that a leak checker finds them. */
static void **kept;
static uint32_t n_kept;

void *check_grow(void *all, uint32_t n, size_t size)
{
	char *more;

	/* To the next power of 2, when n is one. */
	if (n & (n - 1))
		return all;
	more = realloc(all, (n ? 2 * (size_t)n : 1) * size);
	if (!more)
		_exit(1);
	return more;
}

static void *make(size_t size, uint64_t magic)
{
	uint64_t *object = calloc(1, size);

	if (!object)
		_exit(1);
	*object = magic;
	kept = check_grow(kept, n_kept, sizeof(*kept));
	kept[n_kept++] = object;
	return object;
}

void check_is_ours(const void *object, uint64_t magic)
{
	if (*(const uint64_t *)object != magic)
		serve_refuse("not all of its Check could be taken over: is it "
			     "built with link-time optimisation?");
}

/* ---- suites and cases ------------------------------------------------ */

struct check_suite *suite_create(const char *name)
{
	struct check_suite *s = make(sizeof(*s), CHECK_SUITE);

	s->name = name ? name : "";
	return s;
}

int suite_tcase(struct check_suite *s, const char *name)
{
	uint32_t i;

	if (!s || !name)
		return 0;
	for (i = 0; i < s->n_tcases; i++)
		if (strcmp(s->tcases[i]->name, name) == 0)
			return 1;
	return 0;
}

/* A case stands once in a suite. */
void suite_add_tcase(struct check_suite *s, struct check_case *tc)
{
	uint32_t i;

	if (!s || !tc)
		return;
	check_is_ours(s, CHECK_SUITE);
	check_is_ours(tc, CHECK_TCASE);
	for (i = 0; i < s->n_tcases; i++)
		if (s->tcases[i] == tc)
			return;
	s->tcases = check_grow(s->tcases, s->n_tcases, sizeof(*s->tcases));
	s->tcases[s->n_tcases++] = tc;
}

struct check_case *tcase_create(const char *name)
{
	struct check_case *tc = make(sizeof(*tc), CHECK_TCASE);

	tc->name = name ? name : "";
	return tc;
}

void tcase_set_tags(struct check_case *tc, const char *tags)
{
	char *p;

	check_is_ours(tc, CHECK_TCASE);
	free(tc->tags);
	tc->tags = strdup(tags ? tags : "");
	for (p = tc->tags; p && *p; p++)
		if (*p == ' ')
			*p = ',';
}

void tcase_set_timeout(struct check_case *tc, double timeout)
{
	check_is_ours(tc, CHECK_TCASE);
	/* As Check has it: what is negative changes nothing. */
	if (timeout >= 0)
		tc->timeout = timeout;
}

static void add_fixture(struct fixtures *to, void (*setup)(void),
			void (*teardown)(void))
{
	to->all = check_grow(to->all, to->n, sizeof(*to->all));
	to->all[to->n++] = (struct fixture){ setup, teardown };
}

void tcase_add_unchecked_fixture(struct check_case *tc, void (*setup)(void),
				 void (*teardown)(void))
{
	check_is_ours(tc, CHECK_TCASE);
	add_fixture(&tc->unchecked, setup, teardown);
}

void tcase_add_checked_fixture(struct check_case *tc, void (*setup)(void),
			       void (*teardown)(void))
{
	check_is_ours(tc, CHECK_TCASE);
	add_fixture(&tc->checked, setup, teardown);
}

/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-*): Check's own name */
void _tcase_add_test(struct check_case *tc, const struct ttest *test,
		     int signal, int exit_code, int start, int end)
{
	if (!tc || !test || !test->fn || !test->name)
		return;
	check_is_ours(tc, CHECK_TCASE);
	tc->tests = check_grow(tc->tests, tc->n_tests, sizeof(*tc->tests));
	tc->tests[tc->n_tests++] = (struct check_test){
		.test = test,
		.tcase = tc,
		.signal = signal,
		/* Check holds it in a byte. */
		.exit_code = exit_code & 0xff,
		.start = start,
		.end = end,
	};
}

void tcase_fn_start(const char *name, const char *file, int line)
{
	(void)name;
	_mark_point(file, line);
}

/* ---- runners --------------------------------------------------------- */

struct srunner *srunner_create(struct check_suite *s)
{
	struct srunner *sr = make(sizeof(*sr), CHECK_RUNNER);

	srunner_add_suite(sr, s);
	return sr;
}

void srunner_add_suite(struct srunner *sr, struct check_suite *s)
{
	if (!s)
		return;
	check_is_ours(sr, CHECK_RUNNER);
	check_is_ours(s, CHECK_SUITE);
	sr->suites = check_grow(sr->suites, sr->n_suites, sizeof(*sr->suites));
	sr->suites[sr->n_suites++] = s;
}

void srunner_free(struct srunner *sr)
{
	(void)sr;
}

int srunner_ntests_failed(struct srunner *sr)
{
	(void)sr;
	return 0;
}

int srunner_ntests_run(struct srunner *sr)
{
	return (int)sr->n_run;
}

static struct result **result_array(uint32_t n)
{
	struct result **all = calloc(n + (size_t)1, sizeof(struct result *));

	if (!all)
		_exit(1);
	return all;
}

struct result **srunner_failures(struct srunner *sr)
{
	(void)sr;
	return result_array(0);
}

/* The caller frees the array, not what it points to. */
struct result **srunner_results(struct srunner *sr)
{
	struct result **all = result_array(sr->n_run);
	uint32_t i;

	for (i = 0; i < sr->n_run; i++)
		all[i] = &sr->results[i];
	return all;
}

/* Reports are ours. */
void srunner_print(struct srunner *sr, int mode)
{
	(void)sr;
	(void)mode;
}

#define CHECK_REPORT(kind)                                            \
	void srunner_set_##kind(struct srunner *sr, const char *name) \
	{                                                             \
		if (!sr->kind)                                        \
			sr->kind = name;                              \
	}                                                             \
	int srunner_has_##kind(struct srunner *sr)                    \
	{                                                             \
		return sr->kind != NULL;                              \
	}                                                             \
	const char *srunner_##kind##_fname(struct srunner *sr)        \
	{                                                             \
		return sr->kind;                                      \
	}

CHECK_REPORT(log)
CHECK_REPORT(xml)
CHECK_REPORT(tap)

/* Each test has a process, whatever main() asks for. */
int srunner_fork_status(struct srunner *sr)
{
	return sr->fork_status ? sr->fork_status : CHECK_FORK;
}

void srunner_set_fork_status(struct srunner *sr, int status)
{
	sr->fork_status = status;
}

void check_set_max_msg_size(size_t size)
{
	(void)size;
}

/* ---- results: all is well, up to where shmrun judges ------------------ */

int tr_rtype(struct result *r)
{
	(void)r;
	return 0; /* CK_PASS */
}

int tr_ctx(struct result *r)
{
	(void)r;
	return 1; /* CK_CTX_TEST */
}

const char *tr_msg(struct result *r)
{
	(void)r;
	return "Passed";
}

int tr_lno(struct result *r)
{
	return r->of->test->line;
}

const char *tr_lfile(struct result *r)
{
	return r->of->test->file;
}

const char *tr_tcname(struct result *r)
{
	return r->of->tcase->name;
}
