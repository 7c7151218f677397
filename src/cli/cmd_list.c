/* SPDX-License-Identifier: MIT */
/* shmrun list: what a run would run, and nothing is run. */
#include "cli/cmd.h"

#include "base/die.h"
#include "base/sys.h"
#include "cli/complain.h"
#include "cli/list_format.h"
#include "cli/selecting.h"
#include "cli/sharding.h"
#include "cli/suites.h"
#include "cli/timings.h"
#include "cli/wrapper.h"
#include "model/plan.h"
#include "model/tally.h"
#include "sched/estimate.h"

#include <errno.h>
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

/* Of the selection what is the shard's; the exit status. */
static int list_cut(const struct options *o, const struct listing *listing,
		    struct plan *plan)
{
	const struct cache_dir none = { 0 };
	struct options times = *o;
	struct partition partition = { 0 };
	struct sharding s = { .o = o };
	struct str told = STR_INIT;
	struct history *history;
	struct words wrapper = { 0 };
	struct err err = { 0 };
	int ret = wrapper_open(&wrapper, o->wrapper, &err);

	if (ret < 0)
		return complain(EXIT_USAGE, &err);
	times.no_timings = !o->timings;
	history = timings_open(&times, &none, listing,
			       wrapper_is_valgrind(&wrapper));
	s.no_times = history_is_unreadable(history);
	s.costs = history_costs(history);
	estimate_fill(history_costs(history));
	ret = sharding_apply(&s, plan, &partition, &told, &err);
	if (ret == 0 && (o->verbosity > 0 || o->shard.from))
		dprintf(STDERR_FILENO, "%s: %s", program_name, str_get(&told));
	str_fini(&told);
	partition_fini(&partition);
	history_close(history);
	words_fini(&wrapper);
	if (ret == 0)
		return EXIT_PASSED;
	return complain(ret == -ENODATA ? EXIT_USAGE : EXIT_SUITE, &err);
}

/* The plan to stdout. */
static int list_tell(const struct options *o, const struct listing *listing,
		     const struct plan *plan)
{
	struct err err = { 0 };
	int ret = list_print(listing, plan, o);

	if (ret == 0)
		return EXIT_PASSED;
	err_sys(&err, ret, "could not write the list");
	return complain(EXIT_UNTRUSTED, &err);
}

/* The selected tests to stdout; the exit status. */
static int list_show(const struct options *o, const struct listing *listing,
		     uint64_t bad_suites)
{
	const struct select_args by = selecting_args(o, NULL);
	struct err err = { 0 };
	uint32_t n_selected;
	struct plan plan;
	int status = EXIT_PASSED;

	plan_init(&plan);
	if (select_apply(listing, &by, &plan, &err) < 0) {
		plan_fini(&plan);
		return complain(EXIT_USAGE, &err);
	}
	n_selected = plan.n_positions;
	if (o->shard.total)
		status = list_cut(o, listing, &plan);
	if (status == EXIT_PASSED)
		status = list_tell(o, listing, &plan);
	plan_fini(&plan);
	return status == EXIT_PASSED ? list_exit(o, bad_suites, n_selected)
				     : status;
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
