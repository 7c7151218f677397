/* SPDX-License-Identifier: MIT */
#include "run/volley.h"

#include "base/clock.h"
#include "run/collect.h"
#include "run/crew.h"
#include "run/stop.h"

/* From the wake to the begin: what waking one takes, for each, and some. */
#define VOLLEY_LEAD_NS (60 * NS_PER_US)
#define VOLLEY_EACH_NS (8 * NS_PER_US)
#define VOLLEY_LEAD_MAX_NS (2 * NS_PER_MS)

void volley_open(struct run *run)
{
	run->volley.len = plan_list_len(run->args->plan);
}

bool volley_holds_back(const struct run *run)
{
	return unlikely(run->volley.fired < run->volley.len);
}

/* The list is looked at first: who has taken since has risen before (P7), and
 * who rests now, in front of what has not been fired, has ended its copy. */
static bool volley_is_ready(const struct run *run, uint32_t slot)
{
	struct range rest = deque_peek(&run->arena.deques[slot].held);

	if (range_is_empty(rest))
		return true;
	return run->slots[slot].state == CREW_LIVE &&
	       rest.lo % run->volley.len >= run->volley.fired &&
	       atom32_load_acquire(&run->arena.slots[slot].resting); /* P15 */
}

bool volley_is_due(const struct run *run)
{
	uint32_t i;

	if (!volley_holds_back(run) || run->stop.asked || run->fatal)
		return false;
	for (i = 0; i < run->args->plan->copies; i++)
		if (!volley_is_ready(run, i))
			return false;
	return true;
}

/* Run time, in which nothing stood still (TIME-1). */
static bool volley_time_is_over(const struct run *run)
{
	const struct volley *v = &run->volley;
	uint64_t ran_ns = run->now_ns - run->started_ns - run->paused_ns;

	return run->args->stress_ns && v->fired &&
	       ran_ns >= v->first_ns + run->args->stress_ns;
}

static void volley_fire(struct run *run)
{
	struct volley *v = &run->volley;
	uint64_t lead_ns = VOLLEY_LEAD_NS +
			   VOLLEY_EACH_NS * run->args->plan->copies;

	run->now_ns = clock_now_ns();
	if (v->fired == 0)
		v->first_ns = run->now_ns - run->started_ns - run->paused_ns;
	v->fired++;
	v->start_ns = run->now_ns + min_of(lead_ns, VOLLEY_LEAD_MAX_NS);
	gun_fire(&run->arena.gate->gun, v->fired, v->start_ns);
	crew_wake_all(run);
}

void volley_turn(struct run *run)
{
	if (likely(!volley_holds_back(run)) || !volley_is_due(run))
		return;
	/* All of the one before is told before the next begins, and may have
	 * stopped the run. */
	collect_all(run);
	if (run->stop.asked)
		return;
	if (volley_time_is_over(run))
		stop_for_duration(run);
	else
		volley_fire(run);
}

bool volley_withdraw(struct run *run, uint32_t position)
{
	const struct volley *v = &run->volley;

	if (v->fired == 0 || !run->stop.asked ||
	    position % v->len < v->fired)
		return false;
	run->ended[position] = 1;
	run->n_ended++;
	run->tally.selected--;
	return true;
}

bool volley_mend(struct run *run)
{
	const struct volley *v = &run->volley;
	struct gun *gun = &run->arena.gate->gun;
	bool damaged;

	if (likely(v->len == 0))
		return false;
	damaged = atom32_load_relaxed(&gun->fired) != v->fired; /* Y5 */
	if (damaged)
		gun_fire(gun, v->fired, v->start_ns);
	if (v->fired && !run->closed)
		crew_wake_all(run);
	return damaged;
}
