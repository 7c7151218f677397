/* SPDX-License-Identifier: MIT */
/*
 * options.h - what the user asked for: an immutable value after
 * options_parse(); configure.h adds what files and the environment say.
 *
 * Every option is one row of options.tbl.h, which also makes --help and the
 * manual page.  Runner only.  The texts point into argv, the environment or
 * the config; options_fini() frees the arrays, and the config.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "base/err.h"
#include "loop/loop.h"
#include "model/listing.h"
#include "model/plan.h"
#include "report/report.h"
#include "run/run.h"
#include "sched/order.h"
#include "sched/shard.h"

#include <stdbool.h>
#include <stdint.h>

#define JOBS_MAX 1024
#define DURATIONS_MAX 1000
#define REPEAT_MAX 1000000

enum color_mode { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* When a worker is replaced although it lives (DEF-4). */
enum recycle { RECYCLE_FAILURE, RECYCLE_NEVER };

/* What an empty selection means (DEF-12). */
enum no_tests { NO_TESTS_FAIL, NO_TESTS_WARN, NO_TESTS_PASS };

enum list_format { LIST_TEXT, LIST_JSONL };

enum jobs_kind {
	JOBS_AUTO,
	JOBS_FIXED,   /* N */
	JOBS_PERCENT, /* N% */
	JOBS_ALL_BUT, /* -N */
	JOBS_LOGICAL, /* all processors of the affinity mask */
	JOBS_CORES,   /* one for each core of it */
};

/* -j as written, and --jobs-max. */
struct jobs_spec {
	enum jobs_kind kind;
	uint32_t n;
	uint32_t max; /* 0 = JOBS_MAX */
};

/* Which shard of how many. */
struct shard_wanted {
	uint32_t number, total; /* 0 = all tests are ours */
	bool automatic;		/* as the variables say */
	const char *from;	/* a variable; NULL = the option */
	const char *status;	/* names a file that says we are one; or NULL */
};

struct texts {
	const char **items;
	uint32_t n, cap;
};

/* Of each suite: the number of its adapter in adapter_table from 1; 0 = as
 * --adapter says. */
struct suite_kinds {
	uint32_t *items;
	uint32_t n, cap;
};

/* Sizes of counted locks, as --lock-size gives them. */
struct lock_sizes {
	struct lock *items;
	uint32_t n, cap;
};

struct sched_ops;

struct reports {
	struct report_wanted *items;
	uint32_t n, cap;
};

/* What Automake tells a test driver. */
struct driver_options {
	const char *test_name;
	const char *log_file;
	const char *trs_file; /* NULL = shmrun is none */
	bool expect_failure;
	bool soft_errors; /* an error is a failure */
	bool color;
	char *path; /* of the suite, where it was made */
};

/* One for each option. */
enum {
#define OPTION(id, letter, name, arg, deflt, help, manual) OPTION_##id,
#include "cli/options.tbl.h"
#undef OPTION
	N_OPTIONS
};

/* Who set an option last, for `config explain`. */
enum set_by_whom {
	SET_BY_NOBODY, /* its default */
	SET_BY_FILE,   /* a profile */
	SET_BY_ENVIRONMENT, /* SHMRUN_OPTS */
	SET_BY_COMMAND_LINE
};

struct set_by {
	enum set_by_whom by;
	const char *value; /* as written; NULL = none */
	uint32_t line;	   /* of the file */
};

struct config;
struct profile_chain;

struct options {
	char **argv;		/* as typed, NULL at its end */
	const char *command;	/* "run", "list", "doctor", ... */
	struct texts suites;	/* paths as typed */
	struct suite_kinds kinds; /* as many */
	uint64_t plugin_timeout_ns; /* of a scheduler plug-in */
	struct texts filters;	/* -f GLOB, a union */
	struct texts exprs;	/* -E EXPR, a union */
	struct reports reports; /* beside the one for people */
	const char *record;	/* a path, "none"; NULL = the usual place */
	const char *resume;	/* a recording; NULL = none */
	const char *replay;	/* RECORDING[:wK]; NULL = none */
	const char *bisect;	/* a test's name; NULL = none */
	struct jobs_spec jobs;
	const struct sched_ops *dist; /* NULL = auto, or a plug-in */
	const char *plugin;	/* PATH[:ARGS] of a scheduler, or NULL */
	enum order order;
	enum junit_passed junit_passed;
	uint64_t seed;		/* of ORDER_RANDOM */
	struct lock_sizes locks;
	struct shard_wanted shard;
	bool shard_by_auto;	/* by duration with timings, else by hash */
	enum shard_by shard_by;
	const char *explain;	/* a test's name, or NULL */
	uint32_t canaries;	/* at most; 0 = none */
	uint32_t pressure_most; /* percent of the time; 0 = any */
	bool keep_scope_order;	/* --no-loadscope-reorder */
	bool last_failed;
	bool dry_run;
	bool backtrace;
	enum isolate isolate;
	uint32_t adapter;	/* number in adapter_table from 1; 0 = auto */
	enum backend backend;
	enum recycle recycle;
	enum keep_folders keep_folders;
	enum core core;
	enum no_tests no_tests;
	enum color_mode color, hyperlink;
	enum list_format format; /* of list */
	const char *cache_dir;	/* NULL = as the environment says */
	const char *timings;	/* text instead of the cache; NULL = none */
	const char *suite_id;	/* NULL = each suite's own name */
	uint64_t timeout_ns;	/* per attempt; 0 = none */
	uint64_t cpu_timeout_ns; /* on a processor; 0 = none */
	uint64_t slow_ns;	/* notice period; 0 = none */
	uint64_t grace_ns;	/* between SIGTERM and SIGKILL */
	uint64_t load_timeout_ns; /* loading and listing, per suite */
	uint32_t batch;		/* tests claimed at once; 0 = no limit */
	uint32_t max_fail;	/* stop after so many failures; 0 = never */
	uint32_t durations;	/* slowest tests that the summary names */
	bool fail_now;		/* and end the running tests */
	uint64_t retry_delay_ns;
	uint32_t retries;	/* of tests that do not say it themselves */
	uint32_t crash_retries;	/* after a crash, if that is more */
	bool no_retries;	/* not even of those that do */
	bool retry_doubles;	/* the delay, from one to the next */
	bool flaky_fails;
	bool recheck;		/* failed tests once more, alone */
	bool watch;		/* again, whenever a suite changes */
	bool attributes;	/* list: what applies to each, and from where */
	const char *gdb;	/* the test for a debugger, or NULL */
	const char *wrapper;	/* what starts programs, or NULL */
	uint32_t repeat;	/* so often each test runs; at least 1 */
	uint32_t stress;	/* copies that begin together; 0 = one by one */
	uint32_t stop_crashes;	/* so many stop the run; 0 = none do */
	uint32_t recycle_after; /* tests in one worker; 0 = never */
	uint64_t deadline_ns;	/* of the whole run; 0 = none */
	uint64_t stress_ns;	/* then no copy begins; 0 = whenever */
	enum relay relay;	/* output of tests, while they run */
	int verbosity;		/* -1 quiet, 0, 1 verbose, ... */
	struct driver_options driver;
	bool no_timings;
	bool timings_write;
	bool skip_exit;
	bool help, version;
	const char *config_path; /* "none"; NULL = the usual */
	const char *profile;	 /* NULL = default */
	struct texts env;	 /* NAME=VALUE for tests */
	struct texts setup, teardown; /* shell commands */
	uint64_t script_timeout_ns; /* of each of them; 0 = none */
	struct config *config;	 /* of configure(); NULL = there is none */
	char *env_opts;		 /* SHMRUN_OPTS, split */
	struct set_by set_by[N_OPTIONS];
};

void options_fini(struct options *o);

/* argv[0] is the program.  0, or -EINVAL with one sentence (exit 2). */
int options_parse(struct options *o, int argc, char **argv, struct err *err);

/* What lies below the command line; NULL = nothing. */
struct options_layers {
	const struct profile_chain *profile; /* the lowest */
	const char *words; /* of SHMRUN_OPTS: options, between blanks */
	/* Variables of their own say it, and go before the profile. */
	bool env_jobs, env_cache_dir;
};

/* The same over these layers: each goes before those below it, and tests that
 * it selects replace the selection of those.  For an argv that options_parse()
 * has taken. */
int options_parse_over(struct options *o, const struct options_layers *layers,
		       int argc, char **argv, struct err *err);

#endif
