/* SPDX-License-Identifier: MIT */
/*
 * shmrun [run]: the whole pipeline, top to bottom.
 *
 *	options -> jobs -> listing, timings -> selection -> plan -> run
 *	-> events -> reports, recording, exit status, timings
 */
#include "cli/cmd.h"

#include "base/clock.h"
#include "base/die.h"
#include "base/mem.h"
#include "base/sys.h"
#include "cli/bisect.h"
#include "cli/cgroup.h"
#include "cli/debugger.h"
#include "cli/driver.h"
#include "cli/dry_run.h"
#include "cli/ending.h"
#include "cli/environment.h"
#include "cli/jobs.h"
#include "cli/outlet.h"
#include "cli/planning.h"
#include "cli/replaying.h"
#include "cli/resuming.h"
#include "cli/round.h"
#include "cli/scheduler.h"
#include "cli/scripts.h"
#include "cli/shard_env.h"
#include "cli/sharding.h"
#include "cli/staff.h"
#include "cli/stressing.h"
#include "cli/suites.h"
#include "cli/timings.h"
#include "cli/unrun.h"
#include "cli/watch.h"
#include "cli/wrapper.h"
#include "loop/loop.h"
#include "record/resume.h"
#include "run/run.h"
#include "sched/estimate.h"
#include "shm/folders.h"
#include "suite/runtime.h"
#include "suite/select.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a run needs beside its options; each part has one owner below. */
struct session {
	const struct options *o;
	const struct round *round;
	char *gdb; /* its path; NULL = there is to be none */
	struct words wrapper;
	char run_id[RUN_ID_CAP];
	unsigned long nofile; /* soft limit that tests get back */
	struct suites suites;
	struct cache_dir cache;
	struct history *history;
	bool crowded; /* when the run began */
	struct costs *costs; /* the history's */
	struct plan selected;
	struct partition partition; /* no total: it is not cut */
	struct planning planning;
	struct plan plan;
	struct resumed resumed;
	struct plugin *plugin; /* NULL = none */
	struct staff staff;
	struct loop *loop;
	struct outlet outlet;
	struct driver driver; /* of Automake */
	struct scripts scripts;
	struct folders folders; /* temporary ones */
	char host[HOST_NAME_MAX + 1];
	struct tally tally;
};

static int session_fail(int status, const struct err *err)
{
	dprintf(STDERR_FILENO, "%s: %s\n", program_name, err->text);
	return status;
}

static const struct partition *session_partition(const struct session *s)
{
	return s->partition.total ? &s->partition : NULL;
}

/* What there is to say of it when no test runs. */
static struct unrun session_unrun(const struct session *s)
{
	return (struct unrun){
		.o = s->o,
		.run = { .listing = &s->suites.listing,
			 .partition = session_partition(s),
			 .run_id = s->run_id,
			 .backend = "none",
			 .jobs_why = s->staff.jobs.why,
			 .plan_why = str_get(&s->planning.told),
			 .host = s->host,
			 .wall_ns = clock_wall_ns(),
			 .jobs = s->staff.jobs.n,
			 .isolate = s->o->isolate },
		.n_bad = s->suites.n_bad,
		.signo = s->scripts.signo,
	};
}

static int session_fail_unrun(const struct session *s, enum exit_code status,
			      const struct err *err)
{
	const struct unrun u = session_unrun(s);

	return unrun_tell(&u, session_fail(status, err), err->text);
}

static bool session_memory_left(struct run_memory *memory)
{
	struct cgroup_memory least;

	if (!cgroup_find_free_memory("", &least))
		return false;
	memory->bytes = least.bytes;
	memcpy(memory->where, least.where, sizeof(least.where));
	return true;
}

/* Somebody sits in front of it. */
static bool session_may_type(void)
{
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

/* A sanitizer makes tests slower, and their limits longer (TIME-6). */
static double session_slowness(const struct session *s)
{
	return max_of(runtime_slowness(s->suites.loader.preload),
		      wrapper_slowness(&s->wrapper));
}

static uint64_t session_scale(uint64_t ns, double slowness)
{
	return (uint64_t)((double)ns * slowness);
}

static void session_tell_runtime(struct session *s)
{
	const char *preload = s->suites.loader.preload;

	if (preload)
		str_addf(&s->planning.told, "%s is preloaded; time limits are "
			 "%g times as long\n", preload, session_slowness(s));
	if (wrapper_slowness(&s->wrapper) > 1)
		str_addf(&s->planning.told, "programs run under valgrind; time "
			 "limits are %g times as long\n",
			 session_slowness(s));
	if (environment_perturbs(s->suites.args.env))
		str_addf(&s->planning.told, "%s\n",
			 environment_perturbs(s->suites.args.env));
}

static bool session_stalled(void *ctx, uint64_t *us)
{
	return memory_read_stalled(ctx, us);
}

static int session_run(struct session *s, struct err *err)
{
	struct memory_pressure psi;
	const struct run_pressure pressure = {
		.ctx = &psi,
		.stalled = session_stalled,
		.most = s->o->pressure_most,
	};
	const struct options *o = s->o;
	struct sink outlet = outlet_sink(&s->outlet);
	struct sink driver = driver_sink(&s->driver, &outlet);
	struct sink learner = history_sink(s->history, &driver);
	struct replaying_witness witness;
	struct sink sink = replaying_sink(&witness, s->round,
					  &s->suites.listing, &learner);
	const struct run_tokens tokens = staff_tokens(&s->staff);
	const struct run_interim interim = outlet_interim(&s->outlet);
	double slowness = session_slowness(s);
	struct run_args args = {
		.tokens = staff_may_grow(&s->staff, &s->planning) ? &tokens
								   : NULL,
		.pressure = pressure.most && memory_find_pressure("", &psi)
				    ? &pressure : NULL,
		.listing = &s->suites.listing,
		.plan = &s->plan,
		.partition = session_partition(s),
		.costs = s->costs,
		.fixtures = &s->suites.fixtures,
		.loader_args = &s->suites.args,
		.loader = &s->suites.loader,
		.plugin = s->plugin,
		.sink = &sink,
		.interim = &interim,
		.loop = s->loop,
		.run_id = s->run_id,
		.memory_left = session_memory_left,
		.jobs_why = s->staff.jobs.why,
		.plan_why = str_get(&s->planning.told),
		.host = s->host,
		.jobs = s->staff.jobs.n,
		.isolate = o->isolate,
		.recycle_on_failure = o->recycle == RECYCLE_FAILURE,
		.recycle_after = o->recycle_after,
		.core = o->core,
		.backtrace = o->backtrace,
		.skip_exit = o->skip_exit,
		.keep_output = o->driver.trs_file != NULL,
		.relay_output = o->relay != RELAY_NONE,
		.batch_max = o->batch,
		.retries = { .most = o->retries,
			     .crashes = o->crash_retries,
			     .never = o->no_retries || o->stress,
			     .delay_ns = o->retry_delay_ns,
			     .doubles = o->retry_doubles,
			     .seed = clock_wall_ns() },
		.flaky_fails = o->flaky_fails,
		.recheck = o->recheck && !o->stress,
		.max_fail = stressing_max_fail(o),
		.fail_now = o->fail_now,
		.stop_crashes = o->stop_crashes,
		.deadline_ns = o->deadline_ns,
		.stress_ns = o->stress_ns,
		.bad_suites = s->suites.n_bad,
		.failed_before = s->resumed.n_failed,
		.slowness = slowness,
		.timeout_ns = session_scale(o->timeout_ns, slowness),
		.slow_ns = session_scale(o->slow_ns, slowness),
		.grace_ns = session_scale(o->grace_ns, slowness),
		.keys = session_may_type(),
		.debugger = s->gdb,
	};

	if (s->gdb)
		debugger_calm(&args);
	s->crowded = timings_is_crowded(s->staff.jobs.n);
	return run_tests(&args, &s->tally, err);
}

static int session_nothing(const struct session *s)
{
	const struct unrun u = session_unrun(s);

	return unrun_tell_nothing(&u);
}

static int session_empty_shard(struct session *s)
{
	const struct unrun u = session_unrun(s);

	return unrun_tell_empty_shard(&u, &s->outlet, &s->driver, s->costs);
}

/* --dry-run, --explain: the plan for people. */
static int session_show_plan(struct session *s)
{
	const struct dry_run d = { .planning = &s->planning,
				   .plan = &s->plan,
				   .costs = s->costs,
				   .jobs = &s->staff.jobs,
				   .arena_size = run_arena_size(
					   &s->plan, s->staff.jobs.n,
					   &s->suites.fixtures) };
	struct str out = STR_INIT;
	struct err err = { 0 };
	int status = EXIT_PASSED, ret;

	if (!s->o->explain)
		dry_run_print(&out, &d);
	else if (dry_run_explain(&out, &d, s->o->explain, &err) < 0)
		status = session_fail(EXIT_USAGE, &err);
	ret = status == EXIT_PASSED
		      ? sys_write_all(STDOUT_FILENO, str_get(&out), out.len)
		      : 0;
	str_fini(&out);
	if (ret < 0) {
		err_sys(&err, ret, "could not write the plan");
		return session_fail(EXIT_UNTRUSTED, &err);
	}
	return s->suites.n_bad ? EXIT_SUITE : status;
}

/* The order of a plug-in, if one is asked for (SEL-6). */
static int session_ask_plugin(struct session *s, struct err *err)
{
	struct plugin_args args = {
		.listing = &s->suites.listing,
		.plan = &s->plan,
		.costs = s->costs,
		.loader = &s->suites.loader,
		.n_slots = s->staff.jobs.n,
		.timeout_ns = s->o->plugin_timeout_ns,
		.env = environ,
	};

	if (!s->o->plugin)
		return 0;
	s->plugin = scheduler_open(s->o->plugin, &args, err);
	if (!s->plugin)
		return err->code;
	plugin_schedule(s->plugin);
	if (!plugin_is_dynamic(s->plugin))
		scheduler_order(s->plugin, &s->plan);
	return 0;
}

static int session_lay_replay(struct session *s, struct err *err)
{
	struct replaying_plan replaying = { .sequence = s->round->sequence,
					    .costs = s->costs,
					    .planning = &s->planning,
					    .jobs = &s->staff.jobs,
					    .selected = &s->selected,
					    .plan = &s->plan };

	return replaying_lay(&replaying, err);
}

/* The plan, and for how many. */
static int session_lay(struct session *s, struct err *err)
{
	if (s->round->sequence)
		return session_lay_replay(s, err);
	if (s->o->stress)
		return stressing_lay(&s->planning, &s->staff.jobs,
				     &s->suites.listing, &s->selected,
				     &s->plan, err);
	if (planning_open(&s->planning, s->costs, &s->selected, err) < 0)
		return err->code;
	staff_limit(&s->staff, &s->planning, s->costs, &s->selected);
	s->plan.overflow = s->selected.overflow;
	planning_make(&s->planning, &s->staff.jobs, &s->selected, &s->plan);
	return 0;
}

static int session_run_plan(struct session *s)
{
	struct err err = { 0 };

	if (session_lay(s, &err) < 0)
		return session_fail(err.code == -ERANGE || s->o->stress
					    ? EXIT_USAGE : EXIT_SUITE, &err);
	session_tell_runtime(s);
	staff_settle(&s->staff);
	if (session_ask_plugin(s, &err) < 0)
		return session_fail(EXIT_USAGE, &err);
	if (plan_check(&s->plan, &s->suites.listing, &err) < 0)
		return session_fail(EXIT_USAGE, &err);
	if (s->o->dry_run || s->o->explain)
		return session_show_plan(s);
	s->loop = loop_open(s->o->backend, &err);
	if (!s->loop)
		return session_fail(EXIT_USAGE, &err);
	if (outlet_open_reports(&s->outlet, s->o, s->costs, &err) < 0)
		return session_fail(err.code == -EINVAL ? EXIT_USAGE
							: EXIT_UNTRUSTED, &err);
	if (outlet_open_recording(&s->outlet, s->o, s->run_id, &err) < 0 ||
	    session_run(s, &err) < 0)
		return session_fail(EXIT_UNTRUSTED, &err);
	return EXIT_PASSED;
}

/* What only shows a plan changes nothing. */
static int session_set_up(struct session *s, struct err *err)
{
	if (s->o->dry_run || s->o->explain ||
	    s->o->setup.n + s->o->teardown.n == 0)
		return 0;
	/* What ends us from here on must leave time to tear down. */
	ending_hold_signals();
	return scripts_set_up(&s->scripts, s->o, err);
}

/* A run that cannot clean up behind itself is not a good one. */
static int session_tear_down(struct session *s, int status)
{
	struct err err = { 0 };

	if (scripts_tear_down(&s->scripts, &err) < 0) {
		session_fail(EXIT_ENVIRONMENT, &err);
		if (status == EXIT_PASSED || status == EXIT_NOTHING ||
		    status == EXIT_SKIPPED)
			status = EXIT_ENVIRONMENT;
	}
	if (!s->tally.signo)
		s->tally.signo = s->scripts.signo;
	scripts_fini(&s->scripts);
	return status;
}

/* Only tests that did not pass last time, if it is wanted. */
static void session_keep_failed(struct session *s)
{
	uint32_t n = s->selected.n_positions;

	if (!s->o->last_failed && !s->round->failed_first)
		return;
	planning_keep_failed(&s->planning, s->costs, &s->selected);
	if (!s->o->last_failed && s->selected.n_positions != n)
		round_tell_narrowed(s->round);
}

/* For --gdb, before anything is started. */
static int session_find_gdb(struct session *s, struct err *err)
{
	if (!s->o->gdb || s->o->dry_run || s->o->explain)
		return 0;
	s->gdb = debugger_find(err);
	if (!s->gdb)
		return err->code;
	/* They are for it, and for the test (SIG-14). */
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	return 0;
}

static int session_apply(struct session *s, const struct select_args *by,
			 struct err *err)
{
	const char *gdb = s->o->gdb;
	struct select_args one = *by;
	int ret;

	if (gdb) {
		one.globs = &gdb;
		one.n_globs = 1;
	}
	ret = select_apply(&s->suites.listing, &one, &s->selected, err);
	if (ret == 0 && s->wrapper.n)
		ret = wrapper_check(&s->suites.listing, &s->selected, err);
	if (!gdb || ret < 0 || s->selected.n_positions == 0)
		return ret;
	return debugger_check(gdb, &s->suites.listing, &s->selected, err);
}

static void session_repeat(struct session *s)
{
	if (s->o->repeat == 1 || s->o->stress)
		return;
	str_addf(&s->planning.told, "repeat: each of %" PRIu32 " test%s "
		 "%" PRIu32 " times\n", s->selected.n_positions,
		 s->selected.n_positions == 1 ? "" : "s", s->o->repeat);
	plan_repeat(&s->selected, s->o->repeat);
}

/* All but what had ended; when that is all of it, it is told of again. */
static int session_resume(struct session *s, const struct select_args *by)
{
	struct resuming r = { .o = s->o,
			      .listing = &s->suites.listing,
			      .partition = session_partition(s),
			      .by = by,
			      .run_id = s->run_id,
			      .n_slots = s->staff.jobs.n,
			      .bad_suites = s->suites.n_bad };
	struct err err = { 0 };
	int status;

	if (resuming_apply(&r, &s->selected, &s->resumed, &err) < 0)
		return session_fail(err.code == -ENOENT || err.code == -EINVAL
					    ? EXIT_USAGE : EXIT_UNTRUSTED,
				    &err);
	if (s->selected.n_positions > 0)
		return session_run_plan(s);
	status = resuming_tell(&r, &s->selected, &err);
	if (status < 0)
		return session_fail(EXIT_UNTRUSTED, &err);
	dprintf(STDOUT_FILENO, "0 passed, 0 failed\n");
	return status;
}

/* Of the whole selection what is ours. */
static int session_shard(struct session *s)
{
	const struct options *o = s->o;
	const struct sharding sharding = {
		.o = o,
		.costs = s->costs,
		.no_times = history_is_unreadable(s->history),
	};
	struct err err = { 0 };
	int ret = sharding_apply(&sharding, &s->selected, &s->partition,
				 &s->planning.told, &err);

	if (ret < 0)
		return session_fail(ret == -ENODATA ? EXIT_USAGE : EXIT_SUITE,
				    &err);
	if (!o->dry_run && !o->explain &&
	    shard_env_acknowledge(&o->shard, getenv, &err) < 0)
		session_fail(EXIT_PASSED, &err);
	return EXIT_PASSED;
}

/* From what is selected to what is run. */
static int session_narrow(struct session *s, const struct select_args *by)
{
	int status;

	if (s->round->sequence) {
		replaying_select(s->round, &s->suites.listing, &s->selected);
		return s->selected.n_positions ? session_run_plan(s)
					       : session_nothing(s);
	}
	status = session_shard(s);
	if (status != EXIT_PASSED)
		return status;
	if (s->selected.n_positions == 0 && !s->selected.overflow)
		return session_empty_shard(s);
	session_keep_failed(s);
	session_repeat(s);
	return s->o->resume ? session_resume(s, by) : session_run_plan(s);
}

/* In $TMPDIR; where it cannot be, where a program that does not ask for it has
 * its own.  NULL, and said: tests have none. */
static const struct folders *session_open_folders(struct session *s)
{
	const char *base = getenv("TMPDIR");
	struct err err = { 0 };

	if (s->o->dry_run || s->o->explain)
		return NULL;
	if (folders_open(&s->folders, base && *base ? base : FOLDERS_BASE,
			 &err) == 0)
		return &s->folders;
	dprintf(STDERR_FILENO, "%s: tests have no temporary folders of their "
		"own: %s\n", program_name, err.text);
	return NULL;
}

static int session_select(struct session *s)
{
	struct select_args by = {
		.globs = s->o->filters.items,
		.n_globs = s->o->filters.n,
		.exprs = s->o->exprs.items,
		.n_exprs = s->o->exprs.n,
	};
	struct suites_gift gift = { .run_id = s->run_id, .nofile = s->nofile,
				    .env = &s->scripts.env };
	struct err err = { 0 };

	if (staff_choose(&s->staff, s->o, &err) < 0 ||
	    session_find_gdb(s, &err) < 0 ||
	    wrapper_open(&s->wrapper, s->o->wrapper, &err) < 0)
		return session_fail(EXIT_USAGE, &err);
	if (session_set_up(s, &err) < 0)
		return session_fail_unrun(s, EXIT_ENVIRONMENT, &err);
	gift.threads = jobs_threads(&s->staff.jobs);
	gift.folders = session_open_folders(s);
	gift.wrapper = s->wrapper.items;
	if (suites_open(&s->suites, s->o, &gift, &err) < 0)
		return session_fail_unrun(s, EXIT_UNTRUSTED, &err);
	round_tell_files(s->round, s->suites.loader.pid);
	s->cache = cache_dir_find(s->o, getenv);
	s->history = timings_open(s->o, &s->cache, &s->suites.listing,
				  wrapper_is_valgrind(&s->wrapper));
	s->costs = history_costs(s->history);
	estimate_fill(s->costs);
	by.costs = s->costs;
	if (session_apply(s, &by, &err) < 0)
		return session_fail(EXIT_USAGE, &err);
	if (s->selected.n_positions == 0 && !s->selected.overflow)
		return session_nothing(s);
	return session_narrow(s, &by);
}

/* What cannot be trusted teaches nothing. */
static void session_close_history(struct session *s)
{
	if (!s->history)
		return;
	/* How long somebody thought is no duration, nor what a copy took. */
	if (s->tally.selected && !s->tally.untrusted && !s->gdb &&
	    !s->o->stress)
		history_save(s->history, s->crowded);
	history_close(s->history);
	cache_dir_free(&s->cache);
}

/* Who starts it so wants an error of the write. */
static bool session_ignores_pipe(void)
{
	struct sigaction now;

	return sigaction(SIGPIPE, NULL, &now) == 0 &&
	       now.sa_handler == SIG_IGN;
}

/* What only root can remove, say, stays, and is told. */
static void session_close_folders(struct session *s)
{
	int ret = folders_remove(&s->folders);

	if (!*s->folders.root)
		return;
	if (ret < 0)
		dprintf(STDERR_FILENO, "%s: cannot remove all temporary "
			"folders in %s: %s\n", program_name, s->folders.root,
			strerror(-ret));
	folders_close(&s->folders);
}

/* Closes everything; the exit status, which a report that could not be
 * written changes. */
static int session_close(struct session *s, int status)
{
	struct err err = { 0 };
	const char *why;

	if (s->outlet.report && s->tally.selected)
		status = tally_exit(&s->tally, &why);
	/* A reader that left before the last line; or what was told before
	 * named another status (SIG-10, EXIT-10). */
	if (outlet_close(&s->outlet, &err) == -EPIPE &&
	    !session_ignores_pipe()) {
		if (!s->tally.signo)
			s->tally.signo = SIGPIPE;
	} else if (err.code < 0) {
		err_wrap(&err, "exit %d", EXIT_UNTRUSTED);
		status = session_fail(EXIT_UNTRUSTED, &err);
	}
	if (s->loop)
		loop_close(s->loop);
	plugin_free(s->plugin);
	plan_fini(&s->plan);
	planning_close(&s->planning);
	partition_fini(&s->partition);
	plan_fini(&s->selected);
	session_close_history(s);
	suites_close(&s->suites);
	session_close_folders(s);
	if (staff_close(&s->staff, &err) < 0)
		session_fail(EXIT_PASSED, &err);
	return status;
}

static int session_do(const struct options *o, const struct round *round)
{
	struct session *s = mem_zalloc(sizeof(*s));
	struct err err = { 0 };
	int status, signo;

	s->o = s->planning.o = o;
	s->round = round;
	staff_init(&s->staff);
	s->folders.lock_fd = -1;
	s->nofile = (unsigned long)jobs_raise_nofile();
	environment_run_id(s->run_id);
	gethostname(s->host, sizeof(s->host) - 1);
	plan_init(&s->plan);
	if (driver_open(&s->driver, o, &err) < 0) {
		status = session_fail(EXIT_UNTRUSTED, &err);
		free(s);
		return status;
	}
	status = session_select(s);
	status = session_close(s, status);
	status = session_tear_down(s, status);
	status = driver_close(&s->driver, status);
	signo = s->tally.signo;
	free(s->gdb);
	words_fini(&s->wrapper);
	free(s);
	if (signo)
		ending_raise(signo);
	return status;
}

/* --replay */
static int session_replay(const struct options *o)
{
	struct round round = ROUND_NONE;
	struct replaying replaying;
	struct err err = { 0 };
	int status;

	if (replaying_open(&replaying, o, &err) < 0)
		return session_fail(replaying_status(&err), &err);
	round.sequence = &replaying.sequence;
	status = session_do(&replaying.o, &round);
	replaying_close(&replaying);
	return status;
}

int cmd_run(const struct options *o)
{
	const struct round round = ROUND_NONE;

	if (o->bisect)
		return bisect_replay(o, session_do);
	if (o->replay)
		return session_replay(o);
	return o->watch ? watch_suites(o, session_do) : session_do(o, &round);
}
