/* SPDX-License-Identifier: MIT */
#include "cli/stressing.h"

#include "cli/option.h"
#include "sched/volleys.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Where nobody says how many, nor how long. */
#define STRESSING_VOLLEYS 1000u
/* And never more copies than these, unless somebody does. */
#define STRESSING_COPIES 1000000u

static bool stressing_is_said(const struct options *o, int option)
{
	return o->set_by[option].by != SET_BY_NOBODY;
}

/* A copy is run once; where, when and beside what is what --stress says. */
int stressing_check_options(const struct options *o, struct err *err)
{
	static const int others[] = {
		OPTION_dist, OPTION_order, OPTION_canary, OPTION_retries,
		OPTION_crash_retries, OPTION_recheck, OPTION_resume,
		OPTION_replay, OPTION_watch, OPTION_gdb, OPTION_dry_run,
		OPTION_explain, OPTION_shard,
	};
	size_t i;

	if (!o->stress)
		return !o->stress_ns ? 0 :
			err_set(err, -EINVAL, "--stress-duration is for "
				"--stress");
	if (strcmp(o->command, "run") != 0)
		return err_set(err, -EINVAL, "--stress is for run only");
	for (i = 0; i < array_size(others); i++)
		if (o->set_by[others[i]].by == SET_BY_COMMAND_LINE)
			return err_set(err, -EINVAL, "--stress excludes --%s",
				       option_table[others[i]].name);
	return 0;
}

struct jobs_spec stressing_jobs(const struct options *o)
{
	struct jobs_spec spec = o->jobs;

	if (o->stress && spec.kind == JOBS_AUTO && !getenv("SHMRUN_JOBS")) {
		spec.kind = JOBS_FIXED;
		spec.n = o->stress;
	}
	return spec;
}

uint32_t stressing_max_fail(const struct options *o)
{
	bool said = stressing_is_said(o, OPTION_max_fail) ||
		    stressing_is_said(o, OPTION_fail_fast);

	return o->stress && !said ? 1 : o->max_fail;
}

/* ---- how many -------------------------------------------------------- */

static uint32_t stressing_volleys(const struct options *o, uint32_t n_tests)
{
	uint64_t most = STRESSING_COPIES / o->stress / max_of(n_tests, 1u);

	if (stressing_is_said(o, OPTION_repeat))
		return o->repeat;
	if (!o->stress_ns)
		most = min_of(most, (uint64_t)STRESSING_VOLLEYS);
	return (uint32_t)max_of(most, UINT64_C(1));
}

static int stressing_check_jobs(const struct options *o,
				const struct jobs *jobs, struct err *err)
{
	if (jobs->n >= o->stress && o->relay != RELAY_RAW)
		return 0;
	if (o->relay == RELAY_RAW)
		return err_set(err, -EINVAL, "--stress excludes raw output: "
			       "copies run at once");
	return err_set(err, -EINVAL, "--stress=%" PRIu32 " needs as many "
		       "workers, and there are %s", o->stress, jobs->why);
}

static int stressing_check_test(const struct options *o,
				const struct jobs *jobs,
				const struct test *test, struct err *err)
{
	const char *why = volleys_forbid(test->attrs);
	uint64_t weight = (uint64_t)max_of(test->attrs->weight, 1);

	if (why)
		return err_set(err, -EINVAL, "--stress: copies of %s cannot "
			       "run at once: %s", test->name, why);
	if (weight * o->stress > jobs->n)
		return err_set(err, -EINVAL, "--stress: %" PRIu32 " copies of "
			       "%s count as %" PRIu64 " workers (.weight): it "
			       "needs -j %" PRIu64, o->stress, test->name,
			       weight * o->stress, weight * o->stress);
	return 0;
}

static int stressing_check(const struct options *o, const struct jobs *jobs,
			   const struct listing *listing,
			   const struct plan *selected, struct err *err)
{
	const struct attrs *seen = NULL;
	struct stretch at = { 0 };

	if (stressing_check_jobs(o, jobs, err) < 0)
		return err->code;
	while (plan_walk(selected, &at)) {
		const struct test *test = &listing->tests[at.first.test_ix];

		if (test->attrs != seen &&
		    stressing_check_test(o, jobs, test, err) < 0)
			return err->code;
		seen = test->attrs;
	}
	return 0;
}

/* ---- the plan -------------------------------------------------------- */

static void stressing_tell(struct planning *p, uint32_t n_tests,
			   uint32_t volleys)
{
	str_addf(&p->told, "stress: %" PRIu32 " copies at once of %s%" PRIu32
		 " test%s, %s%" PRIu32 " volley%s%s\n", p->o->stress,
		 n_tests == 1 ? "" : "each of ", n_tests,
		 n_tests == 1 ? "" : "s", p->o->stress_ns ? "at most " : "",
		 volleys, volleys == 1 ? "" : "s",
		 n_tests == 1 ? "" : " of each");
}

int stressing_lay(struct planning *p, const struct jobs *jobs,
		  const struct listing *listing, struct plan *selected,
		  struct plan *plan, struct err *err)
{
	uint32_t n_tests = selected->n_positions;
	uint32_t volleys = stressing_volleys(p->o, n_tests);

	if (stressing_check(p->o, jobs, listing, selected, err) < 0)
		return err->code;
	/* Each slot has a list of its own. */
	p->ops = &sched_each;
	stressing_tell(p, n_tests, volleys);
	volleys_lay(plan, selected, p->o->stress, volleys);
	plan_fini(selected);
	plan_init(selected);
	return 0;
}
