/* SPDX-License-Identifier: MIT */
/*
 * shmrun [run]: the story of a run, told from top to bottom.
 *
 *	options -> workers -> listing, timings -> selection -> plan -> run
 *	-> events -> reports, recording, exit status, timings
 *
 * Each step is a function that stands below the one before it;
 * session_tell_story() has them all.
 */
#include "cli/cmd.h"

#include "base/clock.h"
#include "base/die.h"
#include "base/mem.h"
#include "cli/bisect.h"
#include "cli/cgroup.h"
#include "cli/complain.h"
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
#include "cli/running.h"
#include "cli/scheduler.h"
#include "cli/scripts.h"
#include "cli/selecting.h"
#include "cli/shard_env.h"
#include "cli/sharding.h"
#include "cli/staff.h"
#include "cli/stressing.h"
#include "cli/suites.h"
#include "cli/surroundings.h"
#include "cli/test_folders.h"
#include "cli/timings.h"
#include "cli/unrun.h"
#include "cli/watch.h"
#include "cli/wrapper.h"
#include "loop/loop.h"
#include "record/resume.h"
#include "run/run.h"
#include "sched/estimate.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What the steps make, in their order.  It stays in this file: a module is
 * given the parts that it needs. */
struct session {
	const struct options *o;
	const struct round *round;
	char run_id[RUN_ID_CAP];
	char host[HOST_NAME_MAX + 1];
	unsigned long nofile; /* soft limit that tests get back */
	struct driver driver; /* of Automake */
	/* prepare */
	struct staff staff;
	char *gdb; /* its path; NULL = there is to be none */
	struct words wrapper;
	/* set up */
	struct scripts scripts;
	/* list */
	struct folders folders; /* temporary ones */
	struct suites suites;
	/* recall */
	struct cache_dir cache;
	struct history *history;
	struct costs *costs; /* the history's */
	/* select, narrow */
	struct plan selected;
	struct partition partition; /* no total: it is not cut */
	struct resumed resumed;
	/* plan */
	struct planning planning; /* what is told of it, from narrow on */
	struct plan plan;
	struct plugin *plugin; /* NULL = none */
	/* run */
	struct loop *loop;
	struct outlet outlet;
	bool crowded; /* when the run began */
	struct tally tally;
};

/* What a step returns when it is not the last one; else the exit status. */
#define GO_ON (-1)

static const struct partition *session_partition(const struct session *s)
{
	return s->partition.total ? &s->partition : NULL;
}

/* ---- it may end before a test runs --------------------------------------- */

static bool session_only_shows(const struct session *s)
{
	return s->o->dry_run || s->o->explain;
}

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

/* What is too much is no plan, and plan_check() says so. */
static bool session_is_empty(const struct session *s)
{
	return s->selected.n_positions == 0 && !s->selected.overflow;
}

/* ---- 1. who works, and with what ----------------------------------------- */

static int session_prepare(struct session *s)
{
	struct err err = { 0 };

	if (staff_choose(&s->staff, s->o, &err) < 0)
		return complain(EXIT_USAGE, &err);
	if (s->o->gdb && !session_only_shows(s)) {
		s->gdb = debugger_find(&err);
		if (!s->gdb)
			return complain(EXIT_USAGE, &err);
	}
	if (wrapper_open(&s->wrapper, s->o->wrapper, &err) < 0)
		return complain(EXIT_USAGE, &err);
	return GO_ON;
}

/* ---- 2. the user's scripts ----------------------------------------------- */

/* What only shows a plan changes nothing. */
static int session_set_up(struct session *s)
{
	struct err err = { 0 };

	if (!session_only_shows(s) &&
	    scripts_set_up(&s->scripts, s->o, &err) < 0)
		return unrun_tell(session_unrun(s),
				  complain(EXIT_ENVIRONMENT, &err), err.text);
	return GO_ON;
}

/* ---- 3. suites -> listing ------------------------------------------------ */

static int session_list(struct session *s)
{
	struct suites_gift gift = { .run_id = s->run_id,
				    .nofile = s->nofile,
				    .threads = jobs_threads(&s->staff.jobs),
				    .env = &s->scripts.env,
				    .wrapper = s->wrapper.items,
				    .round = round_is_watched(s->round)
						     ? s->round : NULL };
	struct err err = { 0 };

	if (!session_only_shows(s))
		gift.folders = test_folders_open(&s->folders);
	if (suites_open(&s->suites, s->o, &gift, &err) < 0)
		return unrun_tell(session_unrun(s),
				  complain(EXIT_UNTRUSTED, &err), err.text);
	round_tell_files(s->round, s->suites.loader.pid);
	return GO_ON;
}

/* ---- 4. timings -> costs ------------------------------------------------- */

static int session_recall(struct session *s)
{
	s->cache = cache_dir_find(s->o, getenv);
	s->history = timings_open(s->o, &s->cache, &s->suites.listing,
				  wrapper_is_valgrind(&s->wrapper));
	s->costs = history_costs(s->history);
	estimate_fill(s->costs);
	return GO_ON;
}

/* ---- 5. listing -> selected ---------------------------------------------- */

static int session_select(struct session *s)
{
	struct err err = { 0 };

	if (selecting_apply(s->o, &s->wrapper, s->costs, &s->selected,
			    &err) < 0)
		return complain(EXIT_USAGE, &err);
	if (s->round->sequence && !session_is_empty(s))
		replaying_select(s->round, &s->suites.listing, &s->selected);
	return session_is_empty(s) ? unrun_tell_nothing(session_unrun(s))
				   : GO_ON;
}

/* ---- 6. of these what is ours, and left to do ---------------------------- */

/* Of the whole selection what is ours. */
static int session_shard(struct session *s)
{
	const struct sharding sharding = {
		.o = s->o,
		.costs = s->costs,
		.no_times = history_is_unreadable(s->history),
	};
	struct err err = { 0 };
	int ret = sharding_apply(&sharding, &s->selected, &s->partition,
				 &s->planning.told, &err);

	if (ret < 0)
		return complain(ret == -ENODATA ? EXIT_USAGE : EXIT_SUITE,
				&err);
	if (!session_only_shows(s) &&
	    shard_env_acknowledge(&s->o->shard, getenv, &err) < 0)
		complain(EXIT_PASSED, &err);
	return !session_is_empty(s) ? GO_ON :
		unrun_tell_empty_shard(session_unrun(s), &s->outlet,
				       &s->driver, s->costs);
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

/* All but what had ended; when that is all of it, it is told of again. */
static int session_resume(struct session *s)
{
	const struct resuming r = { .o = s->o,
				    .costs = s->costs,
				    .partition = session_partition(s),
				    .run_id = s->run_id,
				    .n_slots = s->staff.jobs.n,
				    .bad_suites = s->suites.n_bad };
	struct err err = { 0 };

	if (resuming_apply(&r, &s->selected, &s->resumed, &err) < 0)
		return complain(recordings_status(&err), &err);
	return s->selected.n_positions ? GO_ON
				       : resuming_tell(&r, &s->selected);
}

/* What is replayed is what was recorded, all of it. */
static int session_narrow(struct session *s)
{
	int status;

	if (s->round->sequence)
		return GO_ON;
	status = session_shard(s);
	if (status != GO_ON)
		return status;
	session_keep_failed(s);
	planning_repeat(&s->planning, &s->selected);
	return s->o->resume ? session_resume(s) : GO_ON;
}

/* ---- 7. selected -> plan ------------------------------------------------- */

/* The plan, and for how many. */
static int session_lay(struct session *s, struct err *err)
{
	if (s->round->sequence)
		return replaying_lay(&(struct replaying_plan){
			.sequence = s->round->sequence,
			.costs = s->costs,
			.planning = &s->planning,
			.jobs = &s->staff.jobs,
			.selected = &s->selected,
			.plan = &s->plan }, err);
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

/* The order of a plug-in, if one is asked for (SEL-6). */
static int session_ask_plugin(struct session *s, struct err *err)
{
	struct plugin_args args = {
		.listing = &s->suites.listing,
		.costs = s->costs,
		.loader = &s->suites.loader,
		.n_slots = s->staff.jobs.n,
		.timeout_ns = s->o->plugin_timeout_ns,
		.env = environ,
	};

	if (!s->o->plugin)
		return 0;
	s->plugin = scheduler_ask(s->o->plugin, &args, &s->plan, err);
	return s->plugin ? 0 : err->code;
}

static int session_plan(struct session *s)
{
	struct err err = { 0 };

	if (session_lay(s, &err) < 0)
		return complain(err.code == -ERANGE || s->o->stress
					? EXIT_USAGE : EXIT_SUITE, &err);
	surroundings_tell(&s->planning.told, &s->suites, &s->wrapper);
	staff_settle(&s->staff);
	if (session_ask_plugin(s, &err) < 0)
		return complain(EXIT_USAGE, &err);
	if (plan_check(&s->plan, &s->suites.listing, &err) < 0)
		return complain(EXIT_USAGE, &err);
	return GO_ON;
}

/* --dry-run, --explain: the plan is for people, and nothing runs. */
static int session_show(struct session *s)
{
	const struct dry_run d = { .planning = &s->planning,
				   .plan = &s->plan,
				   .costs = s->costs,
				   .jobs = &s->staff.jobs,
				   .arena_size = run_arena_size(
					   &s->plan, s->staff.jobs.n,
					   &s->suites.fixtures) };
	int status;

	if (!session_only_shows(s))
		return GO_ON;
	status = dry_run_show(&d, s->o->explain);
	return s->suites.n_bad && status != EXIT_UNTRUSTED ? EXIT_SUITE
							   : status;
}

/* ---- 8. plan -> run -> events -------------------------------------------- */

/* What waits, and who is told. */
static int session_open_run(struct session *s)
{
	struct err err = { 0 };

	s->loop = loop_open(s->o->backend, &err);
	if (!s->loop)
		return complain(EXIT_USAGE, &err);
	if (outlet_open_reports(&s->outlet, s->o, s->costs, &err) < 0)
		return complain(err.code == -EINVAL ? EXIT_USAGE
						    : EXIT_UNTRUSTED, &err);
	if (outlet_open_recording(&s->outlet, s->o, s->run_id, &err) < 0)
		return complain(EXIT_UNTRUSTED, &err);
	return GO_ON;
}

/* What the steps have made is what is run. */
static struct run_args session_args(struct session *s)
{
	struct run_args args = running_args(
		s->o, &s->suites, &s->staff.jobs,
		surroundings_slowness(&s->suites, &s->wrapper));

	args.run_id = s->run_id;
	args.host = s->host;
	args.costs = s->costs;
	args.partition = session_partition(s);
	args.failed_before = s->resumed.n_failed;
	args.plan = &s->plan;
	args.plan_why = str_get(&s->planning.told);
	args.plugin = s->plugin;
	args.loop = s->loop;
	if (s->gdb)
		debugger_use(&args, s->gdb);
	return args;
}

/* The sink that the run tells is the last of them; each hands on to the one
 * above it. */
static int session_run(struct session *s)
{
	struct sink outlet = outlet_sink(&s->outlet);
	struct sink driver = driver_sink(&s->driver, &outlet);
	struct sink learner = history_sink(s->history, &driver);
	struct replaying_witness witness;
	struct sink sink = replaying_sink(&witness, s->round,
					  &s->suites.listing, &learner);
	const struct run_tokens tokens = staff_tokens(&s->staff);
	const struct run_interim interim = outlet_interim(&s->outlet);
	struct run_args args = session_args(s);
	struct running_pressure pressure;
	char throttle[PATH_MAX];
	struct err err = { 0 };

	args.sink = &sink;
	args.interim = &interim;
	args.pressure = running_watch_pressure(&pressure, s->o);
	args.cpu_stat = cgroup_find_throttle("", throttle) ? throttle : NULL;
	if (staff_may_grow(&s->staff, &s->planning))
		args.tokens = &tokens;
	s->crowded = timings_is_crowded(s->staff.jobs.n);
	if (run_tests(&args, &s->tally, &err) < 0)
		return complain(EXIT_UNTRUSTED, &err);
	return EXIT_PASSED; /* unless the tally says otherwise */
}

/* ---- the story ----------------------------------------------------------- */

static int session_tell_story(struct session *s)
{
	static int (*const steps[])(struct session *s) = {
		session_prepare,
		session_set_up,
		session_list,
		session_recall,
		session_select,
		session_narrow,
		session_plan,
		session_show,
		session_open_run,
		session_run,
	};
	int status = GO_ON;
	size_t i;

	for (i = 0; status == GO_ON; i++)
		status = steps[i](s);
	return status;
}

/* ---- 9. events -> exit status, timings ----------------------------------- */

/* Once tests ran it is they who say how it ended. */
static int session_judge(const struct session *s, int status)
{
	const char *why;

	return s->outlet.report && s->tally.selected
		       ? (int)tally_exit(&s->tally, &why) : status;
}

/* How long somebody thought is no duration, nor what a copy took. */
static bool session_teaches(const struct session *s)
{
	return s->tally.selected && !s->tally.untrusted && !s->gdb &&
	       !s->o->stress;
}

/* What a teardown need not wait for. */
static void session_let_go(struct session *s)
{
	struct err err = { 0 };

	suites_dismiss(&s->suites);
	if (staff_close(&s->staff, &err) < 0)
		complain(EXIT_PASSED, &err);
}

static void session_close(struct session *s)
{
	if (s->loop)
		loop_close(s->loop);
	plugin_free(s->plugin);
	plan_fini(&s->plan);
	planning_close(&s->planning);
	partition_fini(&s->partition);
	plan_fini(&s->selected);
	if (s->history)
		timings_close(s->history, &s->cache, session_teaches(s),
			      s->crowded);
	suites_close(&s->suites);
	test_folders_close(&s->folders);
	words_fini(&s->wrapper);
	free(s->gdb);
}

static int session_tear_down(struct session *s, int status)
{
	struct err err = { 0 };

	status = scripts_tear_down(&s->scripts, status, &err);
	if (err.code)
		outlet_distrust(&s->outlet, status, s->scripts.signo, err.text);
	if (!s->tally.signo)
		s->tally.signo = s->scripts.signo;
	scripts_fini(&s->scripts);
	return status;
}

/* ---- from its beginning to its end --------------------------------------- */

static void session_begin(struct session *s, const struct options *o,
			  const struct round *round)
{
	s->o = s->planning.o = o;
	s->round = round;
	staff_init(&s->staff);
	s->nofile = (unsigned long)jobs_raise_nofile();
	environment_run_id(s->run_id);
	gethostname(s->host, sizeof(s->host) - 1);
	plan_init(&s->plan);
}

static int session_do(const struct options *o, const struct round *round)
{
	struct session *s = mem_zalloc(sizeof(*s));
	struct err err = { 0 };
	int status, signo = 0;

	session_begin(s, o, round);
	if (driver_open(&s->driver, o, &err) < 0) {
		status = complain(EXIT_UNTRUSTED, &err);
	} else {
		status = session_tell_story(s);
		status = session_judge(s, status);
		session_let_go(s);
		status = session_tear_down(s, status);
		status = outlet_end(&s->outlet, status, &s->tally.signo);
		session_close(s);
		status = driver_close(&s->driver, status);
		signo = s->tally.signo;
	}
	free(s);
	if (signo)
		ending_raise(signo);
	return status;
}

int cmd_run(const struct options *o)
{
	const struct round round = ROUND_NONE;

	if (o->bisect)
		return bisect_replay(o, session_do);
	if (o->replay)
		return replaying_run(o, session_do);
	return o->watch ? watch_suites(o, session_do) : session_do(o, &round);
}
