/* SPDX-License-Identifier: MIT */
#include "run/keeper.h"

#include "base/id.h"
#include "base/mem.h"
#include "run/crew.h"
#include "run/feed.h"
#include "run/fill.h"
#include "run/groups.h"
#include "run/queue.h"
#include "run/retry.h"
#include "run/stop.h"
#include "run/tell.h"

#include <stdlib.h>

/* Given to the ring and not ended yet: so many for each slot, that one who has
 * done finds another.  More would hold locks for nothing. */
#define GIVEN_PER_SLOT HOLDINGS_PER_SLOT

/* A range that was handed out and has not ended. */
struct given {
	struct grant grant; /* numbers NULL: a late range, it holds nothing */
	uint32_t n_left;    /* positions that have not ended; 0 = unused */
	uint64_t spent_ns;
	bool waits; /* for its slot's inbox */
};

struct keeper {
	struct queue queue;
	struct groups groups;
	struct given *given;
	uint32_t n_given, cap_given;
	uint8_t *granted;     /* by position behind lo: it was given out */
	bool pinned;	      /* plan_is_pinned() */
	uint32_t lo;	      /* gated and late positions begin here */
	uint8_t *in_body;     /* by position behind lo: .last ones wait for it */
	uint32_t n_body;      /* not ended in front of lo, and of in_body */
	uint32_t next_late;
	uint32_t n_before;    /* not ended in front of the next late range */
	uint32_t n_canaries;  /* not ended */
	bool canary_lives;
	uint32_t limit;
	uint32_t room; /* of the reserved slots, as last seen */
	/* The wide unit that slots are drained for. */
	uint32_t drain;	     /* its first position, + 1; 0 = none */
	uint64_t drained_ns; /* since when */
	uint32_t fill_next;  /* fill_slots() */
};

/* ---- which positions -------------------------------------------------- */

static struct given *keeper_find(const struct run *run, uint32_t position)
{
	const struct keeper *k = run->keeper;
	uint32_t i;

	for (i = 0; k && position >= k->lo && i < k->cap_given; i++) {
		struct given *g = &k->given[i];

		if (g->n_left && position >= g->grant.lo &&
		    position < g->grant.hi)
			return g;
	}
	return NULL;
}

struct range keeper_given(const struct run *run, uint32_t position)
{
	const struct given *g = keeper_find(run, position);

	return g ? (struct range){ g->grant.lo, g->grant.hi }
		 : (struct range){ 0 };
}

uint32_t keeper_from(const struct run *run)
{
	return run->keeper ? run->keeper->lo : run->layout.n_positions;
}

bool keeper_is_pinned(const struct run *run, uint32_t position)
{
	const struct given *g = keeper_find(run, position);

	return g && g->grant.pin;
}

struct range keeper_next_kept(const struct run *run, uint32_t position)
{
	const struct keeper *k = run->keeper;
	uint32_t n = run->layout.n_positions, hi;

	if (!k)
		return (struct range){ 0 };
	position = max_of(position, k->lo);
	while (position < n && k->granted[position - k->lo])
		position++;
	for (hi = position; hi < n && !k->granted[hi - k->lo]; hi++)
		;
	return (struct range){ position, hi };
}

static void keeper_mark(struct keeper *k, uint32_t lo, uint32_t hi)
{
	for (; lo < hi; lo++)
		k->granted[lo - k->lo] = 1;
}

static uint32_t keeper_count_open(const struct run *run, uint32_t lo,
				  uint32_t hi)
{
	uint32_t n = 0;

	for (; lo < hi; lo++)
		n += !run->ended[lo];
	return n;
}

/* ---- giving and taking back ------------------------------------------- */

/* Adds the units of counted locks, or of plain ones, to n that are there. */
static uint32_t keeper_publish_units(struct run *run, struct holding *h,
				     const struct grant *grant, bool counted,
				     uint32_t n)
{
	const struct plan *plan = run->args->plan;
	const struct gated *what = queue_what(&run->keeper->queue, grant);
	const uint32_t *number = grant->numbers;
	uint32_t u, k;

	for (u = 0; u < what->n_uses; number += plan->uses[what->first_use + u].units,
	     u++) {
		const struct lock_use *use = &plan->uses[what->first_use + u];
		const struct lock *lock = &plan->locks[use->lock];
		uint64_t name = id_bytes(lock->name, lock->name_len);

		if (use->shared || (lock->units > 1) != counted)
			continue;
		for (k = 0; k < use->units && n < HOLDING_UNITS_MAX; k++, n++) {
			atom64_store_relaxed(&h->units[n].name, name); /* H1 */
			atom32_store_relaxed(&h->units[n].number,
					     number[k]); /* H2 */
		}
	}
	return n;
}

/* For the tests that ask which of several units is theirs (LOCK-5). */
static void keeper_publish(struct run *run, uint32_t i,
			   const struct grant *grant)
{
	struct holding *h = &run->arena.holdings[i];
	struct range r = { grant->lo, grant->hi };
	uint32_t n = keeper_publish_units(run, h, grant, true, 0);

	n = keeper_publish_units(run, h, grant, false, n);
	atom32_store_relaxed(&h->n_units, n);		/* H3 */
	atom64_store_release(&h->range, range_pack(r)); /* H4 */
}

static uint32_t keeper_free_place(const struct keeper *k)
{
	uint32_t i = 0;

	while (k->given[i].n_left)
		i++;
	return i;
}

static void keeper_give(struct run *run, const struct grant *grant)
{
	struct keeper *k = run->keeper;
	uint32_t i = keeper_free_place(k);
	uint32_t n_left = keeper_count_open(run, grant->lo, grant->hi);

	keeper_mark(k, grant->lo, grant->hi);
	/* All disabled. */
	if (n_left == 0) {
		if (grant->numbers)
			queue_end(&k->queue, grant, 0);
		return;
	}
	k->given[i] = (struct given){ .grant = *grant, .n_left = n_left };
	k->n_given++;
	if (grant->numbers)
		keeper_publish(run, i, grant);
	if (grant->pin)
		k->given[i].waits = true;
	else
		feed_range(run, range_bind(grant->lo, grant->hi));
}

/* To the slots that they are for (EACH-1). */
static void keeper_deliver(struct run *run)
{
	struct keeper *k = run->keeper;
	uint32_t i;

	for (i = 0; i < k->cap_given; i++) {
		struct given *g = &k->given[i];

		if (g->n_left && g->waits &&
		    feed_mail(run, g->grant.pin - 1,
			      range_bind(g->grant.lo, g->grant.hi)))
			g->waits = false;
	}
}

bool keeper_give_again(struct run *run, uint32_t position)
{
	struct given *g = keeper_find(run, position);

	if (!g || !g->grant.pin)
		return false;
	/* All of it: what has ended is not claimed again. */
	g->waits = true;
	keeper_deliver(run);
	return true;
}

static void keeper_take_back(struct run *run, struct given *g)
{
	struct keeper *k = run->keeper;

	k->n_given--;
	if (!g->grant.numbers)
		return;
	atom64_store_relaxed(&run->arena.holdings[g - k->given].range,
			     0); /* H5 */
	queue_end(&k->queue, &g->grant, g->spent_ns);
}

void keeper_cancel(struct run *run, struct range r, enum notrun reason)
{
	uint32_t p;

	for (p = r.lo; p < r.hi; p++) {
		struct atom64 *word = &run->arena.states[p];
		struct state_word from = state_unpack(state_load(word));
		struct state_word to = { .state = STATE_DONE,
					 .outcome = OUTCOME_NOTRUN };

		if (!run->ended[p] && from.state == STATE_PENDING &&
		    state_try_move(word, from, to))
			tell_unstarted(run, p, OUTCOME_NOTRUN, reason, NULL);
	}
}

/* ---- the ends of tests ------------------------------------------------- */

static void keeper_watch_canary(struct run *run, const struct event_test *test)
{
	const struct plan *plan = run->args->plan;
	struct keeper *k = run->keeper;
	uint32_t i = 0;

	while (i < plan->n_canaries && plan->deals[i].lo != test->position)
		i++;
	if (i == plan->n_canaries)
		return;
	k->n_canaries--;
	k->canary_lives |= !outcome_is_failure(test->outcome);
	if (k->n_canaries == 0 && !k->canary_lives)
		stop_for_environment(run);
}

static void keeper_watch_given(struct run *run, const struct event_test *test)
{
	struct keeper *k = run->keeper;
	uint32_t i;

	for (i = 0; i < k->cap_given; i++) {
		struct given *g = &k->given[i];

		if (!g->n_left || test->position < g->grant.lo ||
		    test->position >= g->grant.hi)
			continue;
		g->spent_ns += test->duration_ns;
		if (--g->n_left == 0)
			keeper_take_back(run, g);
		return;
	}
}

static bool keeper_is_body(const struct keeper *k, uint32_t position)
{
	return position < k->lo || k->in_body[position - k->lo];
}

void keeper_ended(struct run *run, const struct event_test *test)
{
	struct keeper *k = run->keeper;
	const struct plan *plan = run->args->plan;

	if (k->n_canaries)
		keeper_watch_canary(run, test);
	if (k->next_late < plan->n_late &&
	    test->position < plan->late[k->next_late].lo)
		k->n_before--;
	if (keeper_is_body(k, test->position) && --k->n_body == 0)
		queue_body_over(&k->queue);
	groups_ended(&k->groups, test->test_ix, test->outcome);
	if (test->position >= k->lo)
		keeper_watch_given(run, test);
}

/* ---- room for wide units ----------------------------------------------- */

uint32_t keeper_limit(const struct run *run)
{
	uint32_t limit = run->keeper ? run->keeper->limit : run->n_slots;

	return run->pressure.limit ? min_of(limit, run->pressure.limit)
				   : limit;
}

void keeper_hold(struct run *run)
{
	uint32_t limit = keeper_limit(run);

	if (limit < run->n_slots)
		feed_hold(run, limit);
	else
		feed_lower(run, GATE_HOLD);
	/* Who was woken for what lies there may be held back now. */
	crew_wake_all(run);
}

static void keeper_reserve(struct run *run, uint32_t n)
{
	struct keeper *k = run->keeper;
	uint32_t limit = run->n_slots - n;

	if (limit == k->limit)
		return;
	k->limit = limit;
	queue_shut_slots(&k->queue, limit);
	keeper_hold(run);
}

/* Something that comes to this slot though it is held back, and has not ended:
 * it may not even be in its inbox yet. */
static bool keeper_has_pinned(const struct run *run, uint32_t slot)
{
	const struct keeper *k = run->keeper;
	uint32_t i;

	for (i = 0; k->pinned && i < k->cap_given; i++)
		if (k->given[i].n_left && k->given[i].grant.pin == slot + 1)
			return true;
	return k->pinned && retry_waits_for(run, slot);
}

bool keeper_is_resting(const struct run *run, uint32_t slot)
{
	if (feed_holds(run, slot) || feed_has_mail(run, slot) ||
	    keeper_has_pinned(run, slot) ||
	    run->slots[slot].state == CREW_STARTING)
		return false;
	return run->slots[slot].state == CREW_EMPTY ||
	       atom32_load_acquire(&run->arena.slots[slot].resting); /* P9 */
}

/* How many of the reserved slots are idle and stay so. */
static uint32_t keeper_room(const struct run *run)
{
	uint32_t limit = run->keeper->limit, n = 0;

	if (limit == run->n_slots)
		return 0;
	atom_fence_seq(); /* P8 */
	while (limit + n < run->n_slots &&
	       keeper_is_resting(run, run->n_slots - 1 - n))
		n++;
	return n;
}

/* ---- handing out ------------------------------------------------------- */

static void keeper_tell_groups(struct keeper *k)
{
	uint32_t group;
	bool failed;

	while (groups_next_over(&k->groups, &group, &failed))
		queue_group_over(&k->queue, group, failed);
}

/* Slots that have nothing to do may have what is pinned to them. */
static void keeper_open_slots(struct run *run)
{
	struct keeper *k = run->keeper;
	uint32_t slot;

	for (slot = 0; k->pinned && slot < k->limit; slot++)
		if (k->queue.shut[slot] && keeper_is_resting(run, slot))
			queue_open_slot(&k->queue, slot);
}

/* ---- while slots are drained ------------------------------------------- */

/* Idle slots must not cost more than the unit that they wait for is worth:
 * then it goes when the others have no work left (WEIGHT-1). */
static bool keeper_has_drained_enough(const struct run *run, struct range unit)
{
	const struct keeper *k = run->keeper;
	uint64_t own_ns = fill_unit_ns(run, unit);

	return own_ns && !k->queue.gap && run->now_ns - k->drained_ns > own_ns;
}

/* Does the unit that it drains for go on waiting? */
static bool keeper_drain(struct run *run)
{
	struct keeper *k = run->keeper;
	struct range unit = queue_wide(&k->queue);

	if (range_is_empty(unit) || k->drain != unit.lo + 1) {
		k->drain = range_is_empty(unit) ? 0 : unit.lo + 1;
		k->drained_ns = run->now_ns;
		k->fill_next = 0;
	}
	if (!k->drain)
		return true;
	if (keeper_has_drained_enough(run, unit)) {
		queue_give_way(&k->queue);
		k->drain = 0;
		return false;
	}
	fill_slots(run, k->limit, run->n_slots - k->queue.n_extra,
		   &k->fill_next);
	return true;
}

static bool keeper_give_next(struct run *run)
{
	struct keeper *k = run->keeper;
	struct grant grant;

	keeper_tell_groups(k);
	k->room = keeper_room(run);
	if (k->n_given == k->cap_given ||
	    !queue_next(&k->queue, k->room, &grant))
		return false;
	if (grant.doomed) {
		keeper_mark(k, grant.lo, grant.hi);
		keeper_cancel(run, (struct range){ grant.lo, grant.hi },
			      NOTRUN_PREREQUISITE);
	} else {
		keeper_give(run, &grant);
	}
	return true;
}

static void keeper_give_late(struct run *run)
{
	const struct plan *plan = run->args->plan;
	struct keeper *k = run->keeper;

	while (k->next_late < plan->n_late && k->n_before == 0) {
		const struct late *late = &plan->late[k->next_late++];

		if (late->alone) {
			keeper_give(run, &(struct grant){ .lo = late->lo,
							  .hi = late->hi });
		} else {
			keeper_mark(k, late->lo, late->hi);
			feed_units(run, (struct range){ late->lo, late->hi });
		}
		if (k->next_late < plan->n_late)
			k->n_before = keeper_count_open(
				run, 0, plan->late[k->next_late].lo);
	}
}

static bool keeper_is_active(const struct run *run)
{
	return run->keeper && !run->stop.asked && !run->closed && !run->fatal;
}

bool keeper_has_news(const struct run *run)
{
	return keeper_is_active(run) &&
	       (keeper_room(run) > run->keeper->room ||
		queue_is_due(&run->keeper->queue, feed_front(run)));
}

void keeper_turn(struct run *run)
{
	struct keeper *k = run->keeper;
	uint32_t limit;

	if (!keeper_is_active(run))
		return;
	queue_advance(&k->queue, feed_front(run));
	if (k->queue.gap_line != QUEUE_NONE && !feed_has_work(run))
		queue_gap(&k->queue);
	do {
		keeper_open_slots(run);
		while (keeper_give_next(run))
			;
		limit = k->limit;
		keeper_reserve(run, queue_wants_room(&k->queue));
	} while (k->limit != limit || !keeper_drain(run));
	if (k->pinned)
		keeper_deliver(run);
	keeper_give_late(run);
}

/* ---- begin and end ------------------------------------------------------ */

/* Who comes after a group is no part of it: a .last one may be a member. */
static void keeper_count_body(struct keeper *k, const struct plan *plan)
{
	uint32_t i, p;

	k->n_body = k->lo;
	for (i = 0; i < plan->n_gated; i++) {
		const struct gated *g = &plan->gated[i];

		if (g->last || g->after != PLAN_NONE)
			continue;
		for (p = g->lo; p < g->hi; p++)
			k->in_body[p - k->lo] = 1;
		k->n_body += g->hi - g->lo;
	}
}

void keeper_open(struct run *run)
{
	const struct plan *plan = run->args->plan;
	struct keeper *k;

	if (!plan->n_gated && !plan->n_late && !plan->n_canaries)
		return;
	k = run->keeper = mem_zalloc(sizeof(*k));
	k->lo = plan_kept_from(plan);
	k->pinned = plan_is_pinned(plan);
	k->granted = mem_array(max_of(plan->n_positions - k->lo, 1u), 1);
	k->in_body = mem_array(max_of(plan->n_positions - k->lo, 1u), 1);
	k->cap_given = run->n_slots * GIVEN_PER_SLOT;
	k->given = mem_array(k->cap_given, sizeof(*k->given));
	k->limit = run->n_slots;
	k->n_canaries = plan->n_canaries;
	if (plan->n_late)
		k->n_before = plan->late[0].lo;
	groups_open(&k->groups, plan, run->args->listing);
	queue_open(&k->queue, plan, run->n_slots);
	keeper_count_body(k, plan);
	if (k->n_body == 0)
		queue_body_over(&k->queue);
}

void keeper_close(struct run *run)
{
	struct keeper *k = run->keeper;
	uint32_t i;

	if (!k)
		return;
	for (i = 0; i < k->cap_given; i++)
		if (k->given[i].n_left)
			free(k->given[i].grant.numbers);
	queue_close(&k->queue);
	groups_close(&k->groups);
	free(k->given);
	free(k->granted);
	free(k->in_body);
	free(k);
	run->keeper = NULL;
}
