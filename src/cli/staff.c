/* SPDX-License-Identifier: MIT */
#include "cli/staff.h"

#include "base/parting.h"
#include "base/die.h"
#include "cli/ending.h"
#include "cli/stressing.h"
#include "sched/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void staff_init(struct staff *s)
{
	s->jobserver.fd_take = s->jobserver.fd_give = -1;
}

int staff_choose(struct staff *s, const struct options *o, struct err *err)
{
	struct jobs_host host;

	struct jobs_spec spec = stressing_jobs(o);

	jobs_init_host(&host);
	return jobs_choose(&s->jobs, &spec, &host, err);
}

/* ---- make's tokens --------------------------------------------------- */

static uint32_t staff_take_tokens(void *ctx, uint32_t n)
{
	return jobserver_take(ctx, n);
}

static void staff_keep_tokens(void *ctx, uint32_t n)
{
	jobserver_keep(ctx, n);
}

static void staff_part(void *ctx)
{
	jobserver_keep(ctx, 0);
}

bool staff_may_grow(const struct staff *s, const struct planning *planning)
{
	return !planning->o->plugin && !planning->ops->every_slot &&
	       jobserver_is_open(&s->jobserver);
}

struct run_tokens staff_tokens(struct staff *s)
{
	return (struct run_tokens){ .ctx = &s->jobserver,
				    .n_held = s->jobserver.n_held,
				    .take = staff_take_tokens,
				    .keep = staff_keep_tokens };
}

static void staff_limit_by_tokens(struct staff *s,
				  const struct planning *planning)
{
	struct err why = { 0 };

	if (jobserver_open(&s->jobserver, getenv("MAKEFLAGS"), &why) < 0)
		dprintf(STDERR_FILENO, "%s: %s\n", program_name, why.text);
	if (!why.code && !jobserver_is_open(&s->jobserver))
		return;
	/* A signal that ends the runner would take them along: from here on
	 * the run hears of it, and gives them back for others. */
	ending_hold_signals();
	parting_add(staff_part, &s->jobserver);
	jobs_use_tokens(&s->jobs, jobserver_take(&s->jobserver, s->jobs.n - 1),
			staff_may_grow(s, planning));
}

/* ---- limits ---------------------------------------------------------- */

static void staff_say(const struct str *sentence)
{
	if (sentence->len)
		dprintf(STDERR_FILENO, "%s: %s\n", program_name,
			str_get(sentence));
}

/* As many as the tests' memory allows, if it is known (JOBS-4). */
static void staff_limit_by_memory(struct staff *s, const struct costs *costs,
				  const struct plan *selected)
{
	struct str sentence = STR_INIT;
	struct memory_room room;
	struct memory_fit fit;

	if (!memory_find_room("", &room))
		return;
	fit = memory_fit(costs, selected, s->jobs.n, room.bytes);
	jobs_use_memory(&s->jobs, &room, &fit, &sentence);
	staff_say(&sentence);
	str_fini(&sentence);
}

void staff_limit(struct staff *s, const struct planning *planning,
		 const struct costs *costs, const struct plan *selected)
{
	jobs_use_tests(&s->jobs, planning_useful_jobs(planning));
	if (planning->o->relay == RELAY_RAW)
		jobs_use_one(&s->jobs, "raw output");
	staff_limit_by_memory(s, costs, selected);
	/* make has a say when nobody named a number. */
	if (s->jobs.computed)
		staff_limit_by_tokens(s, planning);
}

void staff_settle(struct staff *s)
{
	struct str sentence = STR_INIT;

	jobserver_keep(&s->jobserver, s->jobs.n - 1);
	if (jobs_is_tight(&s->jobs, "", &sentence))
		staff_say(&sentence);
	str_fini(&sentence);
}

int staff_close(struct staff *s, struct err *err)
{
	int ret = jobserver_close(&s->jobserver, err);

	parting_drop(staff_part, &s->jobserver);
	return ret;
}
