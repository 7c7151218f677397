/* SPDX-License-Identifier: MIT */
#include "run/pressure.h"

#include "base/clock.h"
#include "base/proc.h"
#include "run/keeper.h"
#include "run/tell.h"

/* A share of less time than that says little. */
#define PRESSURE_LOOK_NS NS_PER_S

static void pressure_limit(struct run *run, uint32_t limit)
{
	if (run->pressure.limit == limit)
		return;
	run->pressure.limit = limit;
	keeper_hold(run);
}

/* The first that works, or could: one whose worker cannot be had must not be
 * the only one that may. */
static void pressure_hold(struct run *run)
{
	struct pressure *p = &run->pressure;
	uint32_t i = 0;

	if (run->n_slots < 2)
		return;
	while (i < run->n_slots && run->slots[i].state != CREW_LIVE)
		i++;
	pressure_limit(run, i < run->n_slots ? i + 1 : 1);
	if (!p->told)
		tell_warning(run, "memory is short: until it is not, one "
			     "worker claims tests, and those that run go on");
	p->told = true;
}

/* In percent. */
static uint64_t pressure_share(uint64_t stalled_us, uint64_t ns)
{
	return ns ? stalled_us * (100 * NS_PER_US) / ns : 0;
}

void pressure_tick(struct run *run)
{
	const struct run_pressure *how = run->args->pressure;
	struct pressure *p = &run->pressure;
	uint64_t total_us, share, since_ns = p->at_ns;

	if (!how || run->closed || run->now_ns - since_ns < PRESSURE_LOOK_NS)
		return;
	if (!how->stalled(how->ctx, &total_us)) {
		pressure_limit(run, 0);
		return;
	}
	share = since_ns && total_us > p->stalled_us
			? pressure_share(total_us - p->stalled_us,
					 run->now_ns - since_ns)
			: 0;
	p->at_ns = run->now_ns;
	p->stalled_us = total_us;
	/* Lower on the way back: what is let go brings some of it back. */
	if (share >= (p->limit ? (how->most + 1) / 2 : how->most))
		pressure_hold(run);
	else
		pressure_limit(run, 0);
}

bool pressure_yield(struct run *run)
{
	if (!run->pressure.limit)
		return false;
	pressure_limit(run, 0);
	return true;
}
