/* SPDX-License-Identifier: MIT */
/*
 * run.h - runs a plan: makes the memories, keeps the crew of workers at work,
 * collects what they record, judges what they could not record, and tells it
 * all to a sink.
 *
 * Runner only.  One thread, one loop; never blocks on a worker, a loader or
 * anything they can write.
 */
#ifndef RUN_RUN_H
#define RUN_RUN_H

#include "base/err.h"
#include "loop/loop.h"
#include "model/costs.h"
#include "model/event.h"
#include "model/plan.h"
#include "run/loader.h"
#include "run/plugin.h"

#include <limits.h>

/* Who grants workers beyond the first; neither call blocks. */
struct run_tokens {
	void *ctx;
	uint32_t n_held; /* at the start */
	uint32_t (*take)(void *ctx, uint32_t n); /* how many it got, up to n */
	void (*keep)(void *ctx, uint32_t n);	 /* the others go back */
};

/* How long somebody has waited for memory, of all time, in microseconds. */
struct run_pressure {
	void *ctx;
	bool (*stalled)(void *ctx, uint64_t *us); /* false = nobody knows */
	uint32_t most; /* percent of the time; then workers are held back */
};

/* Memory that the system lets the run have. */
struct run_memory {
	uint64_t bytes;
	char where[PATH_MAX]; /* who limits it */
};

/* Reports of a run that has not ended (interim.h). */
struct run_interim {
	void *ctx;
	/* As fork(2); in the child the sink leads to reports of its own. */
	pid_t (*fork)(void *ctx);
	void (*close)(void *ctx); /* in the child: writes what is left */
	struct sink sink;
};

/* Whose core files are wanted. */
enum core { CORE_NONE, CORE_FIRST, CORE_ALL };

/* Tests that fail are run again (retry.h). */
struct run_retries {
	uint32_t most;	   /* of tests that do not say it themselves */
	uint32_t crashes;  /* so often after a crash, if that is more */
	bool never;	   /* not even those that do */
	uint64_t delay_ns; /* before the next attempt */
	bool doubles;	   /* from one to the next, and varies */
	uint64_t seed;	   /* of that */
};

struct run_args {
	const struct listing *listing;
	const struct plan *plan;
	const struct costs *costs; /* of the listing; NULL = nothing known */
	const struct fixture_list *fixtures;
	const struct loader_args *loader_args; /* to start it again */
	struct loader *loader; /* has listed; stays the caller's */
	struct plugin *plugin; /* has scheduled; NULL = none; the caller's */
	const struct sink *sink;
	const struct run_interim *interim; /* NULL = there are none */
	struct loop *loop;
	const struct partition *partition; /* NULL = the run is no shard */
	const char *run_id;
	const char *jobs_why;
	const char *plan_why;
	const char *host; /* this machine's name */
	/* What is left of it; false = nobody limits it.  NULL = the same. */
	bool (*memory_left)(struct run_memory *memory);
	const struct run_pressure *pressure; /* NULL = it does not matter */
	/* cpu.stat of the control group whose quota is ours; NULL = none is */
	const char *cpu_stat;
	const struct run_tokens *tokens; /* NULL = all slots have one */
	uint32_t jobs;	       /* slots */
	enum isolate isolate;
	bool recycle_on_failure;
	uint32_t recycle_after; /* tests; 0 = never */
	bool keep_output; /* of tests that passed, too */
	bool relay_output; /* while they run: EVENT_OUTPUT_RELAYED */
	bool skip_exit;
	const char *debugger;  /* its path: for the one test; NULL = none */
	bool keys;	       /* somebody may type on stdin: keys.h */
	uint32_t batch_max;    /* tests claimed at once; 0 = no limit */
	struct run_retries retries;
	uint32_t max_fail;     /* 0 = never stop for failures */
	bool fail_now;	       /* and then let no running test finish */
	bool recheck;	       /* failed tests once more, alone */
	bool flaky_fails;      /* the run, too */
	bool backtrace;	       /* of crashes, where they can be made */
	double slowness;       /* of a sanitizer: time limits of tests */
	enum core core;
	uint32_t stop_crashes; /* so many stop the run; 0 = none do */
	uint64_t deadline_ns;  /* of the whole run, 0 = none */
	uint64_t stress_ns;    /* then no volley begins; 0 = none (TIME-14) */
	uint64_t timeout_ns;   /* per attempt, 0 = none */
	uint64_t cpu_timeout_ns; /* on a processor, 0 = none */
	uint64_t slow_ns;      /* 0 = none */
	uint64_t grace_ns;
	uint32_t bad_suites;   /* refused while listing */
	uint64_t failed_before; /* tests of an earlier part of the run */
};

/* Runs it.  0 and the final tally, also when tests failed or the run was
 * interrupted (tally->signo); -errno when it could not begin. */
int run_tests(const struct run_args *args, struct tally *tally,
	      struct err *err);

/* Bytes of the arena that such a run would make (ENV-3). */
uint64_t run_arena_size(const struct plan *plan, uint32_t jobs,
			const struct fixture_list *fixtures);

#endif
