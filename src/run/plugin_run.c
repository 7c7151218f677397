/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "base/compiler.h"
#include "run/crew.h"
#include "run/feed.h"
#include "run/plugin_impl.h"
#include "run/tell.h"

#include <errno.h>
#include <stdio.h>

/* Everybody idle, tests left, and it has nothing to say (PLUG-6). */
#define STALL_NS NS_PER_S
/* A turn that comes so late says that the runner was stopped (TIME-2). */
#define PAUSE_NS (2 * NS_PER_S)
/* Read in one turn; the rest is there in the next. */
#define MESSAGES_MAX 64

int plugin_begin(struct run *run, struct err *err)
{
	struct plugin *p = run->plugin;
	int ret;

	if (!p)
		return 0;
	p->turn_ns = p->busy_ns = p->seen_ns = clock_now_ns();
	ret = loop_watch(run->args->loop, p->sock, RUN_TAG_PLUGIN, err);
	if (ret == 0)
		ret = loop_watch(run->args->loop, p->pidfd,
				 RUN_TAG_PLUGIN_END, err);
	return ret;
}

static void plugin_unwatch(struct run *run)
{
	loop_unwatch(run->args->loop, run->plugin->sock);
	loop_unwatch(run->args->loop, run->plugin->pidfd);
}

/* ---- hearing ---------------------------------------------------------- */

static void plugin_obey(struct run *run, const struct hint_msg *msg)
{
	struct plugin *p = run->plugin;

	switch ((enum hint_kind)msg->head.kind) {
	case HINT_PUSH:
	case HINT_ASSIGN:
	case HINT_RECALL:
		plugin_hint_take(p, msg, run);
		return;
	case HINT_SEEN:
		p->seen_ns = run->now_ns;
		if (plugin_event_seen(p, msg->head.serial))
			return;
		break;
	case HINT_OPEN:
	case HINT_SCHEDULE:
	case HINT_EVENTS:
	case HINT_RECALLED:
	case HINT_CLOSE:
	case HINT_LOADED:
	case HINT_REFUSED:
	case HINT_OPENED:
	case HINT_SCHEDULED:
	case HINT_CLOSED:
	case N_HINTS:
		break;
	}
	plugin_fail(p, "it talks nonsense");
}

static void plugin_hear(struct run *run)
{
	static struct hint_msg msg;
	struct plugin *p = run->plugin;
	int i, ret;

	for (i = 0; i < MESSAGES_MAX && !p->over; i++) {
		ret = hint_recv(p->sock, &msg, true, NULL);
		if (ret == 1) {
			plugin_obey(run, &msg);
			continue;
		}
		if (ret == -EPROTO)
			plugin_fail(p, "it talks nonsense");
		else if (ret != -EAGAIN || p->dead)
			plugin_died(p);
		return;
	}
}

/* ---- handing out ------------------------------------------------------ */

/* Of many neighbours that come at once one range each slot a few times over:
 * of few each one by itself, so that they start in order. */
static uint32_t plugin_piece(const struct plugin *p)
{
	return max_of((p->n_hints - p->first_hint) / (8 * p->args.n_slots),
		      1u);
}

/* What is bound goes to one slot, whole. */
static void plugin_push(struct run *run, uint32_t slot, struct range r)
{
	if (range_is_empty(r))
		return;
	if (plan_bound(run->args->plan, r.lo))
		r = range_bind(r.lo, r.hi);
	if (slot == PLUGIN_ANY)
		feed_behind(run, r);
	else
		plugin_inbox_add(run->plugin, slot, r);
}

static bool plugin_is_next(const struct plugin *p,
			   const struct plugin_hint *last,
			   const struct plugin_hint *next, uint32_t piece)
{
	return last->slot == next->slot && last->hi == next->lo &&
	       next->hi - last->lo <= piece &&
	       !plan_bound(p->args.plan, last->lo) &&
	       !plan_bound(p->args.plan, next->lo);
}

static void plugin_hand_out(struct run *run)
{
	struct plugin *p = run->plugin;
	uint32_t piece = plugin_piece(p);
	struct plugin_hint last = { 0 }, next;

	while (plugin_hint_next(p, &next)) {
		if (plugin_is_next(p, &last, &next, piece)) {
			last.hi = next.hi;
			continue;
		}
		plugin_push(run, last.slot,
			    (struct range){ last.lo, last.hi });
		last = next;
	}
	plugin_push(run, last.slot, (struct range){ last.lo, last.hi });
}

static void plugin_low_water(struct run *run)
{
	struct plugin *p = run->plugin;
	uint32_t unclaimed = feed_count(run, 2 * run->n_slots) + p->n_queued;

	if (p->n_fed == p->n_own || unclaimed >= 2 * run->n_slots)
		return;
	/* A key that no earlier state had: counts that only grow. */
	plugin_event_low_water(p, ((uint64_t)run->n_ended << 32 | p->n_fed) +
				  1, unclaimed);
}

/* ---- judging ---------------------------------------------------------- */

/* Nobody has a test, and nobody will come. */
static bool plugin_is_idle_crew(const struct run *run)
{
	uint32_t i;

	if (run->plugin->n_open > 0)
		return false;
	for (i = 0; i < run->n_slots; i++)
		if (run->slots[i].state == CREW_LIVE &&
		    !atom32_load_acquire(&run->arena.slots[i].parked)) /* P11 */
			return false;
	return true;
}

static void plugin_judge(struct run *run)
{
	struct plugin *p = run->plugin;
	uint64_t late = run->now_ns - p->turn_ns;
	bool seen = p->n_seen == p->n_sent && p->head == p->tail && !p->gap;

	p->turn_ns = run->now_ns;
	if (late >= PAUSE_NS) {
		p->busy_ns += late;
		p->seen_ns += late;
	}
	if (seen)
		p->seen_ns = run->now_ns;
	if (!seen || p->n_fed == p->n_own || !plugin_is_idle_crew(run))
		p->busy_ns = run->now_ns;
	if (p->args.timeout_ns && run->now_ns - p->seen_ns >=
					  p->args.timeout_ns)
		plugin_fail(p, "it is stuck: it has read no event for %.3g s",
			    (double)p->args.timeout_ns / (double)NS_PER_S);
	else if (run->now_ns - p->busy_ns >= STALL_NS)
		plugin_fail(p, "it has stalled: nothing runs, and it hands "
			    "nothing out");
}

/* ---- going on without it ---------------------------------------------- */

/* How many from lo on are to be handed out as one: a unit, or a part of what
 * remains. */
static uint32_t plugin_rest_end(const struct plugin *p, uint32_t lo,
				uint32_t most)
{
	const struct bound *unit = plan_bound(p->args.plan, lo);
	const struct bound *next = plan_bound_from(p->args.plan, lo);
	uint32_t end = p->n, hi = lo;

	if (unit)
		end = unit->hi;
	else if (next)
		end = next->lo;
	while (hi < end && !p->marks[hi] && (unit || hi - lo < most))
		hi++;
	return hi;
}

/* What it had not handed out, as --dist load does (PLUG-8). */
static uint32_t plugin_feed_rest(struct run *run)
{
	struct plugin *p = run->plugin;
	uint32_t rest = p->n_own - p->n_fed, lo = 0, hi, most;

	while (lo < p->n) {
		if (p->marks[lo]) {
			lo++;
			continue;
		}
		most = (p->n_own - p->n_fed) / (2 * run->n_slots);
		hi = plugin_rest_end(p, lo, max_of(most, 1u));
		p->n_fed += hi - lo;
		p->n_open += hi - lo;
		plugin_push(run, PLUGIN_ANY, (struct range){ lo, hi });
		while (lo < hi)
			p->marks[lo++] |= PLUGIN_FED;
	}
	return rest;
}

static void plugin_settle(struct run *run)
{
	struct plugin *p = run->plugin;
	uint32_t rest;

	p->settled = true;
	plugin_unwatch(run);
	plugin_close(p);
	plugin_hand_out(run);
	plugin_inbox_release(run);
	rest = plugin_feed_rest(run);
	crew_wake_all(run);
	if (rest)
		tell_warning(run, "the scheduler %.200s was ended: %s; %u "
			     "tests that it did not hand out run without it",
			     p->path, p->cause, rest);
	else
		tell_warning(run, "the scheduler %.200s was ended: %s",
			     p->path, p->cause);
}

/* ---- a turn ------------------------------------------------------------ */

static bool plugin_is_wanted(const struct run *run)
{
	return !run->stop.asked && !run->fatal && !run->closed &&
	       run->n_ended < run->layout.n_positions;
}

void plugin_turn(struct run *run)
{
	struct plugin *p = run->plugin;

	if (!p || p->settled)
		return;
	if (!p->over)
		plugin_hear(run);
	if (!p->over)
		plugin_hint_answer(p);
	if (plugin_is_wanted(run)) {
		plugin_hand_out(run);
		plugin_inbox_fill(run);
		if (!p->over)
			plugin_low_water(run);
	}
	if (!p->over)
		plugin_event_flush(p);
	if (!p->over && plugin_is_wanted(run))
		plugin_judge(run);
	if (p->over)
		plugin_settle(run);
}

void plugin_end(struct run *run)
{
	struct plugin *p = run->plugin;

	if (!p || p->settled)
		return;
	p->settled = true;
	plugin_event_flush(p);
	plugin_unwatch(run);
	plugin_close(p);
	if (p->cause[0])
		tell_warning(run, "the scheduler %.200s was ended: %s",
			     p->path, p->cause);
	if (p->n_again)
		tell_warning(run, "the scheduler %.200s handed %u tests out "
			     "more than once", p->path, p->n_again);
}

bool plugin_withholds(const struct run *run, uint32_t position)
{
	return run->plugin &&
	       !(run->plugin->marks[position] & (PLUGIN_FED | PLUGIN_PLACED));
}
