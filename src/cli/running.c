/* SPDX-License-Identifier: MIT */
#include "cli/running.h"

#include "base/clock.h"
#include "cli/cgroup.h"
#include "cli/stressing.h"

#include <string.h>
#include <unistd.h>

/* ---- memory ------------------------------------------------------------ */

static bool running_stalled(void *ctx, uint64_t *us)
{
	return memory_read_stalled(ctx, us);
}

const struct run_pressure *running_watch_pressure(struct running_pressure *p,
						  const struct options *o)
{
	if (!o->pressure_most || !memory_find_pressure("", &p->file))
		return NULL;
	p->run = (struct run_pressure){ .ctx = &p->file,
					.stalled = running_stalled,
					.most = o->pressure_most };
	return &p->run;
}

static bool running_memory_left(struct run_memory *memory)
{
	struct cgroup_memory least;

	if (!cgroup_find_free_memory("", &least))
		return false;
	memory->bytes = least.bytes;
	memcpy(memory->where, least.where, sizeof(least.where));
	return true;
}

/* ---- run_args ----------------------------------------------------------- */

static struct run_retries running_retries(const struct options *o)
{
	return (struct run_retries){
		.most = o->retries,
		.crashes = o->crash_retries,
		.never = o->no_retries || o->stress,
		.delay_ns = o->retry_delay_ns,
		.doubles = o->retry_doubles,
		.seed = clock_wall_ns(),
	};
}

/* Somebody sits in front of it. */
static bool running_has_keys(void)
{
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

static uint64_t running_scale(uint64_t ns, double slowness)
{
	return (uint64_t)((double)ns * slowness);
}

struct run_args running_args(const struct options *o, struct suites *suites,
			     const struct jobs *jobs, double slowness)
{
	return (struct run_args){
		.listing = &suites->listing,
		.fixtures = &suites->fixtures,
		.bad_suites = suites->n_bad,
		.loader = &suites->loader,
		.loader_args = &suites->args,
		.jobs = jobs->n,
		.jobs_why = jobs->why,
		.memory_left = running_memory_left,
		.isolate = o->isolate,
		.recycle_on_failure = o->recycle == RECYCLE_FAILURE,
		.recycle_after = o->recycle_after,
		.batch_max = o->batch,
		.retries = running_retries(o),
		.recheck = o->recheck && !o->stress,
		.flaky_fails = o->flaky_fails,
		.max_fail = stressing_max_fail(o),
		.fail_now = o->fail_now,
		.stop_crashes = o->stop_crashes,
		.skip_exit = o->skip_exit,
		.core = o->core,
		.backtrace = o->backtrace,
		.keep_output = o->driver.trs_file != NULL,
		.relay_output = o->relay != RELAY_NONE,
		.keys = running_has_keys(),
		.deadline_ns = o->deadline_ns,
		.stress_ns = o->stress_ns,
		.slowness = slowness,
		.timeout_ns = running_scale(o->timeout_ns, slowness),
		.cpu_timeout_ns = running_scale(o->cpu_timeout_ns, slowness),
		.slow_ns = running_scale(o->slow_ns, slowness),
		.grace_ns = running_scale(o->grace_ns, slowness),
	};
}
