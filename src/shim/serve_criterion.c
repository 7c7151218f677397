/* SPDX-License-Identifier: MIT */
/*
 * Programs of Criterion, with its main() or one of their own.
 *
 * This object has the library's name, so that the dynamic linker takes it for
 * the library, which is not loaded; what tests call is the same as in shared
 * objects (control.c and its neighbours).  Where the program would run all its
 * tests it lists them, or serves them one by one.
 */
#include "shim/collect.h"
#include "shim/serve.h"
#include "shim/shim.h"

#include <stdlib.h>
#include <unistd.h>

struct entry {
	const struct abi_test *test;
	struct abi_suite suite;
	struct abi_params params; /* length 0 = it has none */
};

static struct {
	struct entry *entries; /* in the order of names */
	uint32_t n, room;
	uint32_t n_hooks;
	bool is_listed;
} program;

#define OTHER_TESTS                                                           \
	"this is another test now: does main() make them anew each time?"
#define OTHER_ROWS "its generator makes other rows than when it was listed"

/* ---- what is there --------------------------------------------------- */

static void add_test(void *item)
{
	const struct abi_test *test = item;
	struct entry *grown;

	if (!criterion_is_test(test))
		return;
	if (program.n == program.room) {
		program.room = program.room ? 2 * program.room : 64;
		grown = realloc(program.entries,
				program.room * sizeof(*grown));
		if (!grown)
			serve_refuse("there is no memory for its tests");
		program.entries = grown;
	}
	program.entries[program.n++] = (struct entry){
		.test = test,
		.suite = { .name = test->category },
	};
}

/* Of two of one name the first: Criterion's way. */
static void add_suite(void *item)
{
	const struct abi_suite *suite = item;
	uint32_t i;

	for (i = 0; suite->name && i < program.n; i++) {
		struct abi_suite *s = &program.entries[i].suite;

		if (!s->data && strcmp(s->name, suite->name) == 0)
			s->data = suite->data;
	}
}

static void count_hook(void *item)
{
	(void)item;
	program.n_hooks++;
}

static int by_name(const void *va, const void *vb)
{
	const struct entry *a = va, *b = vb;

	return criterion_order(a->test, b->test);
}

/* What main() has registered itself is there already. */
static void find_tests(void)
{
	static const char *const hooks[] = {
		"cr_pra", "cr_prs", "cr_pri", "cr_prt", "cr_ast", "cr_thf",
		"cr_tsc", "cr_pot", "cr_pof", "cr_pos", "cr_poa",
	};
	bool read = collect("cr_tst", add_test) && collect("cr_sts", add_suite);
	size_t i;

	for (i = 0; i < sizeof(hooks) / sizeof(*hooks); i++)
		collect(hooks[i], count_hook);
	if (!read)
		serve_refuse("the section headers of an object of it cannot "
			     "be read");
	if (program.n)
		qsort(program.entries, program.n, sizeof(*program.entries),
		      by_name);
}

/* ---- listing --------------------------------------------------------- */

/* 0 = it is one test, without rows. */
static uint32_t rows_of(struct entry *e)
{
	if (!criterion_has_rows(e->test))
		return 0;
	if (!e->params.params)
		e->params = e->test->data->param_();
	return e->params.length < UINT32_MAX ? (uint32_t)e->params.length
					     : UINT32_MAX;
}

/* Rounded up: 0 would be none. */
static uint32_t to_ms(double seconds)
{
	if (!(seconds > 0))
		return 0;
	return seconds < 4e6 ? (uint32_t)(seconds * 1000 + 0.999) : UINT32_MAX;
}

static void list_one(uint32_t number)
{
	struct entry *e = &program.entries[number];
	const struct abi_extra *data = e->test->data;
	struct serve_test t = {
		.number = number,
		.scope = e->test->category,
		.name = e->test->name,
		.file = data->file_,
		.line = data->line_,
		.count = rows_of(e),
		.signal = data->signal,
		.exit_code = data->exit_code,
		.timeout_ms = to_ms(criterion_timeout(e->test, e->suite.data)),
		.disabled = criterion_is_disabled(e->test, e->suite.data),
	};

	/* A generator that makes no row leaves nothing to run. */
	if (criterion_has_rows(e->test) && t.count == 0)
		t.disabled = true;
	if (t.count && !e->params.params)
		serve_refuse("a generator makes rows that are nowhere");
	serve_list(&t);
}

static void list_all(void)
{
	char text[80];
	uint32_t i;

	if (program.is_listed)
		serve_refuse("its main() runs all tests more than once");
	program.is_listed = true;
	find_tests();
	if (program.n_hooks) {
		snprintf(text, sizeof(text), "its report hooks (%u) are not "
			 "called", program.n_hooks);
		serve_warn(text);
	}
	for (i = 0; i < program.n; i++)
		list_one(i);
}

/* ---- running --------------------------------------------------------- */

static void child_run(void *ctx, uint32_t number)
{
	(void)number;
	shmrun_criterion_shim.run(ctx);
}

/* NULL: it can be run. */
static const char *make_call(uint32_t number, struct criterion_call *call)
{
	uint32_t rows, index = serve_index();
	struct entry *e;

	if (number >= program.n)
		return OTHER_TESTS;
	e = &program.entries[number];
	rows = rows_of(e);
	if (!serve_is(e->test->category, e->test->name, rows))
		return rows ? OTHER_ROWS : OTHER_TESTS;
	if (index && index >= rows)
		return OTHER_ROWS;
	*call = (struct criterion_call){ .test = e->test, .suite = &e->suite };
	if (rows) {
		call->param = (const char *)e->params.params +
			      (size_t)index * e->params.size;
		call->param_size = e->params.size;
	}
	return NULL;
}

static void serve_one(void)
{
	struct criterion_call call;
	const char *why = make_call(serve_wanted(), &call);

	if (!why) {
		serve_run(child_run, &call);
		return;
	}
	serve_fail("", 0, why);
	serve_break();
}

/* Natively 1 says that all have passed. */
int criterion_run_all_tests(struct criterion_test_set *set)
{
	(void)set;
	if (shim.call.test)
		shim_abort("criterion_run_all_tests() within a test");
	if (!serve_page())
		_exit(1);
	if (!serve_enter())
		return 1;
	if (serve_page()->mode == SERVED_LIST) {
		list_all();
		return 1;
	}
	find_tests();
	serve_end_by_exit();
	while (serve_wanted() != SERVED_LEAVE)
		serve_one();
	return 1;
}

void criterion_register_test(struct criterion_test_set *set,
			     struct abi_test *test)
{
	(void)set;
	add_test(test);
}

/* Of a program that has none. */
shim_api int main(int argc, char **argv);
int main(int argc, char **argv)
{
	struct criterion_test_set *set = criterion_initialize();
	int passed = criterion_handle_args(argc, argv, true)
			     ? criterion_run_all_tests(set)
			     : 1;

	criterion_finalize(set);
	return !passed;
}

/* ---- start ----------------------------------------------------------- */

static void host_skip(const char *why)
{
	serve_skip("", 0, why);
}

static void host_log(const char *text)
{
	/* Behind what the test has printed so far. */
	fflush(stdout);
	dprintf(STDOUT_FILENO, "%s\n", text);
}

static const struct adapter_host host = {
	.fail = serve_fail,
	.note = serve_more,
	.skip = host_skip,
	.log = host_log,
	.phase = serve_phase,
	.may_jump = serve_may_jump,
};

/* Tests are found when main() wants them run. */
void serve_loaded(void)
{
}

/* Also main() may log. */
__attribute__((constructor)) static void criterion_open(void)
{
	shmrun_criterion_shim.bind(&host);
}
