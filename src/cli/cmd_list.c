/* SPDX-License-Identifier: MIT */
/* shmrun list: what a run would run, and nothing is run. */
#include "cli/cmd.h"

#include "base/die.h"
#include "base/sys.h"
#include "cli/list_format.h"
#include "cli/suites.h"
#include "model/plan.h"
#include "model/tally.h"
#include "suite/select.h"

#include <stdio.h>
#include <unistd.h>

#define LIST_BUFFER (64u * 1024)

static int list_write(struct str *out)
{
	int ret = sys_write_all(STDOUT_FILENO, str_get(out), out->len);

	str_clear(out);
	return ret;
}

static void list_add(struct str *out, const struct options *o,
		     const struct list_item *item)
{
	switch (o->format) {
	case LIST_TEXT:
		list_format_text(out, item, o->verbosity > 0);
		break;
	case LIST_JSONL:
		list_format_jsonl(out, item);
		break;
	}
}

/* A line per test, or stretch of its instances, in the order of the listing. */
static int list_print(const struct listing *listing, const struct plan *plan,
		      const struct options *o)
{
	struct str out = STR_INIT;
	struct stretch at = { 0 };
	struct list_usual usual = { .timeout_ns = o->timeout_ns,
				    .slow_ns = o->slow_ns,
				    .isolate = o->isolate };
	int ret = 0;

	while (ret == 0 && plan_walk(plan, &at)) {
		const struct test *test = &listing->tests[at.first.test_ix];

		list_add(&out, o,
			 &(struct list_item){
				 .suite = &listing->suites[test->suite_ix],
				 .test = test,
				 .index = at.first.index,
				 .count = at.count,
				 .usual = o->attributes ? &usual : NULL,
			 });
		if (out.len >= LIST_BUFFER)
			ret = list_write(&out);
	}
	if (ret == 0)
		ret = list_write(&out);
	str_fini(&out);
	return ret;
}

static int list_exit(const struct options *o, uint64_t bad_suites,
		     uint32_t n_selected)
{
	if (bad_suites)
		return EXIT_SUITE;
	if (n_selected > 0 || o->no_tests == NO_TESTS_PASS)
		return EXIT_PASSED;
	dprintf(STDERR_FILENO, "%s: no test is selected\n", program_name);
	return o->no_tests == NO_TESTS_WARN ? EXIT_PASSED : EXIT_NOTHING;
}

/* The selected tests to stdout; the exit status. */
static int list_show(const struct options *o, const struct listing *listing,
		     uint64_t bad_suites)
{
	struct select_args by = {
		.globs = o->filters.items,
		.n_globs = o->filters.n,
		.exprs = o->exprs.items,
		.n_exprs = o->exprs.n,
	};
	struct err err = { 0 };
	struct plan plan;
	int status, ret;

	plan_init(&plan);
	if (select_apply(listing, &by, &plan, &err) < 0) {
		dprintf(STDERR_FILENO, "%s: %s\n", program_name, err.text);
		plan_fini(&plan);
		return EXIT_USAGE;
	}
	ret = list_print(listing, &plan, o);
	if (ret < 0) {
		err_sys(&err, ret, "could not write the list");
		dprintf(STDERR_FILENO, "%s: %s\n", program_name, err.text);
		status = EXIT_UNTRUSTED;
	} else {
		status = list_exit(o, bad_suites, plan.n_positions);
	}
	plan_fini(&plan);
	return status;
}

int cmd_list(const struct options *o)
{
	struct listing listing;
	uint64_t bad_suites = 0;
	int status;

	listing_init(&listing);
	if (list_load(o, &listing, &bad_suites) < 0)
		status = EXIT_SUITE;
	else
		status = list_show(o, &listing, bad_suites);
	listing_fini(&listing);
	return status;
}
