/* SPDX-License-Identifier: MIT */
/* From words to options: what is understood, and one sentence for the rest. */
#include "cli/options.h"

#include "base/clock.h"
#include "cli/option.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#define WORDS_MAX 16

/* options_parse() over a NULL-terminated list of words. */
static int parse(struct options *o, struct err *err, const char *const *words)
{
	char *argv[WORDS_MAX] = { (char *)"shmrun" };
	int argc = 1;

	while (words[argc - 1]) {
		argv[argc] = (char *)words[argc - 1];
		argc++;
	}
	return options_parse(o, argc, argv, err);
}

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

#define PARSES(o, ...)                                                        \
	do {                                                                  \
		struct err err_ = { 0 };                                      \
		cr_assert_eq(parse(&(o), &err_, WORDS(__VA_ARGS__)), 0, "%s", \
			     err_.text);                                      \
	} while (0)

#define REFUSED(sentence, ...)                                                \
	do {                                                                  \
		struct options o_;                                            \
		struct err err_ = { 0 };                                      \
		cr_expect_eq(parse(&o_, &err_, WORDS(__VA_ARGS__)), -EINVAL); \
		cr_expect_str_eq(err_.text, sentence);                        \
	} while (0)

/* DEF-1, DEF-2, DEF-4 to DEF-7, DEF-12, DEF-13, DEF-16, TIME-12 */
Test(options, defaults_are_those_of_the_manual)
{
	struct options o;

	PARSES(o, "a.so");
	cr_expect_str_eq(o.command, "run");
	cr_expect_eq(o.jobs.kind, JOBS_AUTO);
	cr_expect_eq(o.isolate, ISOLATE_AUTO);
	cr_expect_eq(o.backend, BACKEND_AUTO);
	cr_expect_eq(o.recycle, RECYCLE_FAILURE);
	cr_expect_eq(o.core, CORE_NONE);
	cr_expect_eq(o.no_tests, NO_TESTS_FAIL);
	cr_expect_eq(o.color, COLOR_AUTO);
	cr_expect_eq(o.format, LIST_TEXT);
	cr_expect_eq(o.timeout_ns, 300 * NS_PER_S);
	cr_expect_eq(o.cpu_timeout_ns, 0);
	cr_expect_eq(o.slow_ns, 60 * NS_PER_S);
	cr_expect_eq(o.grace_ns, 5 * NS_PER_S);
	cr_expect_eq(o.load_timeout_ns, 60 * NS_PER_S);
	cr_expect_eq(o.max_fail, 0);
	cr_expect_eq(o.durations, 5);
	cr_expect_eq(o.stop_crashes, 0);
	cr_expect_eq(o.deadline_ns, 0);
	cr_expect_eq(o.verbosity, 0);
	cr_expect_eq(o.filters.n, 0);
	cr_expect_not(o.skip_exit || o.help || o.version);
	options_fini(&o);
}

static struct jobs_spec jobs_of(const char *const *words)
{
	struct err err = { 0 };
	struct jobs_spec jobs;
	struct options o;

	cr_assert_eq(parse(&o, &err, words), 0, "%s", err.text);
	cr_expect_eq(o.suites.n, 1, "%s is not all of the option", words[0]);
	jobs = o.jobs;
	options_fini(&o);
	return jobs;
}

#define JOBS_ARE(k, number, ...)                                              \
	do {                                                                  \
		struct jobs_spec jobs_ = jobs_of(WORDS(__VA_ARGS__, "a"));    \
		cr_expect_eq(jobs_.kind, k);                                  \
		cr_expect_eq(jobs_.n, number);                                \
	} while (0)

/* DEF-1 */
Test(options, jobs_in_all_its_forms)
{
	JOBS_ARE(JOBS_FIXED, 64, "-j64");
	JOBS_ARE(JOBS_FIXED, 64, "-j", "64");
	JOBS_ARE(JOBS_FIXED, 64, "--jobs=64");
	JOBS_ARE(JOBS_FIXED, 64, "--jobs", "64");
	JOBS_ARE(JOBS_ALL_BUT, 2, "-j-2");
	JOBS_ARE(JOBS_LOGICAL, 0, "-jlogical");
	JOBS_ARE(JOBS_CORES, 0, "--jobs=cores");
	JOBS_ARE(JOBS_ALL_BUT, 2, "-j", "-2");
	JOBS_ARE(JOBS_ALL_BUT, 2, "--jobs=-2");
	JOBS_ARE(JOBS_PERCENT, 50, "-j50%");
	JOBS_ARE(JOBS_AUTO, 0, "-j4", "-jauto");
	JOBS_ARE(JOBS_FIXED, JOBS_MAX, "-j1024");
}

Test(options, jobs_out_of_range_are_one_sentence)
{
	REFUSED("--jobs: 0 would run tests without a worker, which is not "
		"possible; -j 1 --dist no runs them in plan order in one",
		"-j0", "a");
	REFUSED("--jobs: 1025 is not within 1 to 1024", "-j1025", "a");
	REFUSED("--jobs: 'x' is not N, N%, -N, auto, logical or cores", "-jx",
		"a");
	REFUSED("option --jobs needs a value: --jobs=N", "a", "-j");
}

Test(options, letters_share_a_word)
{
	struct options o;

	PARSES(o, "-xvvj3", "a");
	cr_expect_eq(o.max_fail, 1);
	cr_expect_eq(o.verbosity, 2);
	cr_expect_eq(o.jobs.n, 3);
	options_fini(&o);
}

Test(options, the_last_of_quiet_and_verbose_wins)
{
	struct options o;

	PARSES(o, "-vvq", "a");
	cr_expect_eq(o.verbosity, -1);
	options_fini(&o);
	PARSES(o, "-q", "--verbose", "a");
	cr_expect_eq(o.verbosity, 1);
	options_fini(&o);
}

Test(options, times_have_units)
{
	struct options o;

	PARSES(o, "--timeout=1.5", "--slow", "none", "--grace=250ms",
	       "--load-timeout=2h", "a");
	cr_expect_eq(o.timeout_ns, 1500 * NS_PER_MS);
	cr_expect_eq(o.slow_ns, 0);
	cr_expect_eq(o.grace_ns, 250 * NS_PER_MS);
	cr_expect_eq(o.load_timeout_ns, 7200 * NS_PER_S);
	options_fini(&o);
}

/* SHM-5, CRASH-4 */
Test(options, limits_of_failures_and_crashes)
{
	struct options o;

	PARSES(o, "--max-fail=3:immediate", "--max-crashes=none", "a");
	cr_expect_eq(o.max_fail, 3);
	cr_expect(o.fail_now);
	cr_expect_eq(o.stop_crashes, 0);
	options_fini(&o);
	PARSES(o, "--max-fail=3:immediate", "--max-fail=4:wait",
	       "--max-worker-restart=0", "--deadline=2m", "a");
	cr_expect_eq(o.max_fail, 4);
	cr_expect_not(o.fail_now);
	cr_expect_eq(o.stop_crashes, 1);
	cr_expect_eq(o.deadline_ns, 120 * NS_PER_S);
	options_fini(&o);
	PARSES(o, "--max-fail=2:immediate", "-x", "a");
	cr_expect_eq(o.max_fail, 1);
	cr_expect_not(o.fail_now);
	options_fini(&o);
}

Test(options, a_bad_time_names_its_option)
{
	REFUSED("--grace: '5x' is not a time, such as 90, 1.5s, 200ms, 5m or "
		"none",
		"--grace=5x", "a");
	REFUSED("--slow: 366000000 is more than 365 days", "--slow=366000000",
		"a");
	REFUSED("--max-fail: '-1' is not a number", "--max-fail=-1", "a");
	REFUSED("--max-fail: 'now' is not one of wait, immediate",
		"--max-fail=1:now", "a");
	REFUSED("--max-fail: '' is not a number", "--max-fail=:wait", "a");
	REFUSED("--max-crashes: 'x' is not a number", "--max-crashes=x", "a");
	REFUSED("--max-fail: 4294967296 is not within 0 to 4294967295",
		"--max-fail=4294967296", "a");
}

Test(options, choices_set_what_they_say)
{
	struct options o;

	PARSES(o, "--isolate=fork", "--backend=epoll", "--recycle=never,7", "--core=first",
	       "--no-tests=warn", "--color=never", "--skip-exit", "a");
	cr_expect_eq(o.isolate, ISOLATE_FORK);
	cr_expect_eq(o.backend, BACKEND_EPOLL);
	cr_expect_eq(o.recycle, RECYCLE_NEVER);
	cr_expect_eq(o.recycle_after, 7);
	cr_expect_eq(o.core, CORE_FIRST);
	cr_expect_eq(o.no_tests, NO_TESTS_WARN);
	cr_expect_eq(o.color, COLOR_NEVER);
	cr_expect(o.skip_exit);
	options_fini(&o);
}

Test(options, a_bad_choice_lists_the_good_ones)
{
	REFUSED("--backend: 'kqueue' is not one of auto, uring, epoll",
		"--backend=kqueue", "a");
	REFUSED("--isolate=exec is not available for suites that are shared "
		"objects yet",
		"--isolate=exec", "a");
}

Test(options, an_unknown_option_gets_a_suggestion)
{
	REFUSED("unknown option --jbos; did you mean --jobs?", "--jbos=3", "a");
	REFUSED("unknown option --colour; did you mean --color?",
		"--colour=never", "a");
	REFUSED("unknown option --frobnicate; see shmrun --help",
		"--frobnicate", "a");
	REFUSED("unknown option -Z; see shmrun --help", "-vZ", "a");
	REFUSED("option --verbose takes no value", "--verbose=2", "a");
}

Test(options, the_first_word_may_be_a_command)
{
	struct options o;

	PARSES(o, "-v", "list", "list", "a");
	cr_expect_str_eq(o.command, "list");
	cr_assert_eq(o.suites.n, 2);
	cr_expect_str_eq(o.suites.items[0], "list");
	options_fini(&o);
}

Test(options, a_path_or_a_later_word_is_no_command)
{
	struct options o;

	PARSES(o, "./list", "doctor");
	cr_expect_str_eq(o.command, "run");
	cr_expect_eq(o.suites.n, 2);
	options_fini(&o);
	PARSES(o, "--", "list", "-x");
	cr_expect_str_eq(o.command, "run");
	cr_expect_eq(o.suites.n, 2);
	cr_expect_str_eq(o.suites.items[1], "-x");
	options_fini(&o);
}

Test(options, a_missing_suite_is_one_sentence)
{
	REFUSED("list needs a suite, such as ./tests.so; see shmrun --help",
		"list", "-v");
	REFUSED("run needs a suite, such as ./tests.so; see shmrun --help",
		"-v");
	REFUSED("doctor takes no suite: a.so", "doctor", "a.so");
	REFUSED("--format is for list and top", "--format=jsonl", "a.so");
}

Test(options, help_needs_nothing_else)
{
	struct options o;

	PARSES(o, "--help", "--frobnicate");
	cr_expect(o.help);
	options_fini(&o);
	PARSES(o, "list", "--version");
	cr_expect(o.version);
	options_fini(&o);
}

Test(options, filters_and_suites_keep_their_order)
{
	struct options o;

	PARSES(o, "a", "-f", "x*", "b", "--filter=y*", "-fz");
	cr_assert_eq(o.filters.n, 3);
	cr_expect_str_eq(o.filters.items[0], "x*");
	cr_expect_str_eq(o.filters.items[1], "y*");
	cr_expect_str_eq(o.filters.items[2], "z");
	cr_assert_eq(o.suites.n, 2);
	cr_expect_str_eq(o.suites.items[1], "b");
	options_fini(&o);
}

/* A second row of one name or letter would never be reached. */
Test(options, no_two_rows_share_a_name_or_a_letter)
{
	const struct option *a, *b;

	for (a = option_table; a->name; a++) {
		for (b = option_table; b < a; b++) {
			cr_expect_str_neq(a->name, b->name);
			cr_expect(!a->letter || a->letter != b->letter,
				  "-%c twice", a->letter);
		}
	}
}
