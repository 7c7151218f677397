/* SPDX-License-Identifier: MIT */
#include "run/feed.h"

#include "base/sys.h"
#include "base/vec.h"
#include "run/crew.h"
#include "run/keeper.h"
#include "run/plugin_impl.h"
#include "run/retry.h"
#include "run/tell.h"

#include <stdlib.h>

/* At ten milliseconds each. */
#define VAIN_SWEEPS_MAX 100u

static const struct gate_ops feed_gate_ops = {
	.wait = sys_futex_wait,
	.wake = sys_futex_wake,
};

void feed_raise(struct run *run, uint32_t signs)
{
	run->signs |= signs;
	gate_raise(run->arena.gate, signs);
}

void feed_hold(struct run *run, uint32_t limit)
{
	run->signs |= GATE_HOLD;
	gate_hold(run->arena.gate, limit);
}

void feed_lower(struct run *run, uint32_t signs)
{
	run->signs &= ~signs;
	gate_lower(run->arena.gate, signs);
}

/* Before the first fork.  A place that is taken already, or a slot that there
 * is not, or not yet: anybody may have it. */
static void feed_deal(struct run *run, const struct deal *d)
{
	struct range r = d->bound ? range_bind(d->lo, d->hi)
				  : (struct range){ d->lo, d->hi };
	struct slot_deque *own = &run->arena.deques[d->slot];
	struct deque *place = d->bound ? &own->held : &own->deque;

	if (d->slot >= run->n_slots - run->n_withheld || !range_is_empty(deque_peek(place)))
		feed_range(run, r);
	else
		deque_install(place, r);
}

void feed_open(struct run *run)
{
	const struct plan *plan = run->args->plan;
	uint32_t i;

	run->ring = (struct ring_producer){ .ring = run->arena.ring,
					    .mask = run->layout.ring_cap - 1 };
	for (i = 0; i < plan->n_deals; i++)
		feed_deal(run, &plan->deals[i]);
	/* A plug-in says when. */
	for (i = 0; i < plan->n_parts && !run->plugin; i++)
		cursor_install(&run->arena.cursors[i],
			       (struct range){ plan->parts[i].lo,
					       plan->parts[i].hi });
}

void feed_close(struct run *run)
{
	free(run->backlog);
	run->backlog = NULL;
}

static void feed_keep(struct run *run, struct range r)
{
	vec_room(run->backlog, run->n_backlog, run->cap_backlog);
	run->backlog[run->n_backlog++] = r;
}

/* Behind the push: who sees the sign sees what it is about. */
static void feed_sign_ring(struct run *run)
{
	if (!(run->signs & GATE_RING))
		feed_raise(run, GATE_RING);
}

static bool feed_push(struct run *run, struct range r)
{
	if (run->n_backlog == 0 && ring_push_sp(&run->ring, r))
		return true;
	feed_keep(run, r);
	return false;
}

/* One that is held back goes to sleep again and comes for nothing. */
static void feed_wake(struct run *run)
{
	gate_wake(run->arena.gate, &feed_gate_ops,
		  run->signs & GATE_HOLD ? (int)run->n_slots : 1);
}

void feed_range(struct run *run, struct range r)
{
	if (!feed_push(run, r))
		return;
	feed_sign_ring(run);
	feed_wake(run);
}

void feed_behind(struct run *run, struct range r)
{
	if (feed_push(run, r))
		feed_wake(run);
}

bool feed_mail(struct run *run, uint32_t slot, struct range r)
{
	if (!deque_try_put(&run->arena.deques[slot].inbox, r))
		return false;
	/* Who it is for cannot be woken alone. */
	crew_wake_all(run);
	return true;
}

void feed_show(struct run *run, uint32_t slot, struct range r)
{
	if (!(run->signs & GATE_FILL))
		feed_raise(run, GATE_FILL);
	feed_mail(run, slot, r);
}

bool feed_has_mail(const struct run *run, uint32_t slot)
{
	return !range_is_empty(deque_peek(&run->arena.deques[slot].inbox));
}

/* In a list that is this slot's alone, or pinned to it? */
static bool feed_is_own(const struct run *run, uint32_t slot,
			uint32_t position)
{
	const struct plan *plan = run->args->plan;
	uint32_t i;

	if (keeper_is_pinned(run, position))
		return true;
	for (i = 0; i < plan->n_deals; i++)
		if (plan->deals[i].bound && plan->deals[i].slot == slot &&
		    position >= plan->deals[i].lo &&
		    position < plan->deals[i].hi)
			return true;
	return false;
}

void feed_give_back(struct run *run, uint32_t slot, uint32_t position)
{
	struct deque *held = &run->arena.deques[slot].held;
	struct range rest = deque_peek(held);
	uint32_t hi = range_free(rest).hi;

	if (position >= rest.lo && position < hi)
		return; /* not even taken */
	if (range_is_empty(rest))
		hi = plan_bound(run->args->plan, position) ||
				     feed_is_own(run, slot, position)
			     ? position + 1 : 0;
	else if (rest.lo != position + 1)
		hi = 0;
	if (hi)
		deque_install(held, range_bind(position, hi));
	else
		feed_range(run, (struct range){ position, position + 1 });
}

void feed_leave_to_others(struct run *run, uint32_t slot, uint32_t position)
{
	struct deque *held = &run->arena.deques[slot].held;
	struct range rest = deque_peek(held);

	if (!range_is_empty(rest) && rest.lo == position + 1)
		deque_install(held, (struct range){ 0 });
}

bool feed_again(struct run *run, uint32_t slot, struct range r)
{
	struct range free = range_free(r);

	if (keeper_give_again(run, free.lo))
		return true;
	if (feed_is_own(run, slot, free.lo))
		return feed_mail(run, slot, range_bind(free.lo, free.hi));
	feed_range(run, r);
	return true;
}

void feed_release(struct run *run, uint32_t slot)
{
	struct deque *held = &run->arena.deques[slot].held;
	struct range rest = deque_peek(held);

	if (range_is_empty(rest) || feed_is_own(run, slot, rest.lo))
		return;
	deque_install(held, (struct range){ 0 });
	feed_range(run, rest);
}

void feed_top_up(struct run *run)
{
	uint32_t i = 0, rest;

	if (run->signs & GATE_RING && !run->n_backlog &&
	    ring_used(&run->ring) == 0)
		feed_lower(run, GATE_RING);
	while (i < run->n_backlog && ring_push_sp(&run->ring, run->backlog[i]))
		i++;
	if (i == 0)
		return;
	for (rest = 0; i + rest < run->n_backlog; rest++)
		run->backlog[rest] = run->backlog[i + rest];
	run->n_backlog = rest;
	feed_sign_ring(run);
	gate_wake(run->arena.gate, &feed_gate_ops, (int)run->n_slots);
}

void feed_mend(struct run *run)
{
	ring_mend(&run->ring);
	/* The head was scribbled over: whatever the ring held is uncovered
	 * now, and the ring begins afresh. */
	if (ring_used(&run->ring) > run->ring.mask + 1)
		atom32_store_release(&run->ring.ring->head,
				     run->ring.tail); /* N10 */
}

/* What is left of a part; empty when its word cannot be true. */
static struct range feed_left(const struct run *run, uint32_t part)
{
	struct range r = cursor_peek(&run->arena.cursors[part]);

	return part_is_sane(&run->args->plan->parts[part], r)
		       ? r : (struct range){ 0 };
}

struct range feed_rest(const struct run *run)
{
	return run->args->plan->n_parts ? feed_left(run, 0)
					: (struct range){ 0 };
}

uint32_t feed_front(const struct run *run)
{
	struct range left = feed_rest(run);

	return range_is_empty(left) ? UINT32_MAX : left.lo;
}

/* Would a worker that is on no part begin with this one (FIX-3)?  If not, its
 * sleep is no sign of a lost wake-up. */
static bool feed_is_open(const struct run *run, uint32_t part)
{
	struct range left = feed_left(run, part);

	if (range_is_empty(left))
		return false;
	return !run->sums ||
	       cursor_pays(run->sums[left.hi] - run->sums[left.lo],
			   cursor_count(&run->arena.cursors[part]),
			   run->args->plan->parts[part].setup_ns);
}

bool feed_has_work(const struct run *run)
{
	uint32_t i;

	if (ring_used(&run->ring) > 0)
		return true;
	for (i = 0; i < run->args->plan->n_parts; i++)
		if (feed_is_open(run, i))
			return true;
	for (i = 0; i < run->n_slots; i++)
		if (!range_is_empty(deque_peek(&run->arena.deques[i].deque)) ||
		    !range_is_empty(deque_peek(&run->arena.deques[i].inbox)))
			return true;
	return false;
}

uint32_t feed_count(const struct run *run, uint32_t most)
{
	uint32_t used = ring_used(&run->ring), n = 0, i;

	/* A cell holds one at least. */
	if (run->n_backlog || used >= most)
		return most;
	for (i = run->ring.tail - used; i != run->ring.tail && n < most; i++)
		n += range_len(range_unpack(atom64_load_acquire(
			&run->ring.ring->cells[i & run->ring.mask]))); /* N11 */
	for (i = 0; i < run->n_slots && n < most; i++)
		n += range_len(deque_peek(&run->arena.deques[i].deque)) +
		     range_len(deque_peek(&run->arena.deques[i].inbox));
	return n;
}

bool feed_holds(const struct run *run, uint32_t slot)
{
	return !range_is_empty(deque_peek(&run->arena.deques[slot].held));
}

/* ---- sweep ----------------------------------------------------------- */

struct cover {
	struct range *ranges;
	uint32_t n, cap;
};

static void feed_cover(struct cover *c, struct range r)
{
	if (range_is_empty(r))
		return;
	vec_room(c->ranges, c->n, c->cap);
	c->ranges[c->n++] = range_free(r);
}

static int feed_by_lo(const void *va, const void *vb)
{
	const struct range *a = va, *b = vb;

	return (a->lo > b->lo) - (a->lo < b->lo);
}

static void feed_cover_ring(struct run *run, struct cover *c)
{
	uint32_t used, i;

	feed_mend(run);
	used = ring_used(&run->ring);
	if (used > run->ring.mask + 1)
		return; /* again, just now */
	for (i = run->ring.tail - used; i != run->ring.tail; i++)
		feed_cover(c, range_unpack(atom64_load_acquire(
			&run->ring.ring->cells[i & run->ring.mask]))); /* N9 */
}

/* Whose time has not come. */
static void feed_cover_kept(const struct run *run, struct cover *c)
{
	struct range r = keeper_next_kept(run, 0);

	for (; !range_is_empty(r); r = keeper_next_kept(run, r.hi))
		feed_cover(c, r);
}

static void feed_cover_failed(const struct run *run, struct cover *c)
{
	uint32_t i, p;

	for (i = 0; i < retry_count(run); i++) {
		p = retry_waiting(run, i);
		feed_cover(c, (struct range){ p, p + 1 });
	}
}

/* What some hint still leads to, sorted. */
static void feed_find_cover(struct run *run, struct cover *c)
{
	uint32_t i;

	for (i = 0; i < run->n_slots; i++) {
		feed_cover(c, deque_peek(&run->arena.deques[i].deque));
		feed_cover(c, deque_peek(&run->arena.deques[i].held));
		feed_cover(c, deque_peek(&run->arena.deques[i].inbox));
	}
	for (i = 0; i < run->args->plan->n_parts; i++)
		feed_cover(c, feed_left(run, i));
	feed_cover_kept(run, c);
	feed_cover_failed(run, c);
	feed_cover_ring(run, c);
	for (i = 0; i < run->n_backlog; i++)
		feed_cover(c, run->backlog[i]);
	if (c->n)
		qsort(c->ranges, c->n, sizeof(*c->ranges), feed_by_lo);
}

static void feed_distrust(struct run *run)
{
	if (!run->tally.untrusted)
		tell_warning(run, "the shared memory was damaged by a test; "
			     "the result cannot be trusted");
	run->tally.untrusted = true;
}

/* Nobody lives who could end it, and its word says otherwise. */
static void feed_judge_damage(struct run *run, uint32_t position)
{
	feed_distrust(run);
	tell_unstarted(run, position, OUTCOME_ERROR, NOTRUN_NONE,
		       "its state in shared memory was overwritten by a test");
}

/* All seemed asleep, but one may have woken and claimed it since; only when
 * that has not moved for long can it not be true. */
static bool feed_is_damaged(const struct run *run, uint64_t raw)
{
	struct state_word w = state_unpack(raw);

	if (w.state == STATE_CLAIMED && raw == state_pack(w) &&
	    w.slot < run->n_slots &&
	    run->slots[w.slot].state != CREW_EMPTY &&
	    run->slots[w.slot].generation == w.generation)
		return run->n_vain_sweeps > VAIN_SWEEPS_MAX;
	return w.state != STATE_PENDING || raw != state_pack(w);
}

/* What runs on one slot, in order, with the position; empty = it is free. */
static struct range feed_unit(const struct run *run, uint32_t position)
{
	struct range given = keeper_given(run, position);
	const struct bound *b;

	if (!range_is_empty(given))
		return given;
	b = plan_bound(run->args->plan, position);
	return b ? (struct range){ b->lo, b->hi } : (struct range){ 0 };
}

/* It failed, and waits for the rest of its unit. */
static bool feed_is_run_again(const struct run *run, uint32_t position)
{
	uint32_t i = 0;

	while (i < retry_count(run) && retry_waiting(run, i) != position)
		i++;
	return i < retry_count(run);
}

/* One who had taken a unit when the sweep looked may have begun it since: its
 * rest, handed out to another, would run beside it.  Only the runner's own
 * word counts, as those in the arena move meanwhile. */
static bool feed_has_ended(const struct run *run, uint32_t lo, uint32_t hi)
{
	while (lo < hi && (run->ended[lo] || feed_is_run_again(run, lo)))
		lo++;
	return lo >= hi;
}

/* The rest of a unit; how many positions are handed out. */
static uint32_t feed_unit_rest(struct run *run, struct range unit,
				struct range found)
{
	if (!feed_has_ended(run, unit.lo, found.lo))
		return 0;
	if (!keeper_give_again(run, found.lo))
		feed_range(run, range_bind(found.lo, found.hi));
	return range_len(found);
}

/* What is free, up to the next unit. */
static struct range feed_free(const struct run *run, struct range found)
{
	const struct bound *b = plan_bound_from(run->args->plan, found.lo);
	uint32_t kept = keeper_from(run);

	if (b)
		found.hi = min_of(b->lo, found.hi);
	/* What holds locks behind the body goes by itself. */
	if (found.lo < kept)
		found.hi = min_of(found.hi, kept);
	return found;
}

uint32_t feed_units(struct run *run, struct range found)
{
	uint32_t n = 0;

	while (!range_is_empty(found)) {
		struct range unit = feed_unit(run, found.lo), r = found;

		if (range_is_empty(unit)) {
			r = feed_free(run, found);
			feed_range(run, r);
			n += range_len(r);
		} else {
			r.hi = min_of(unit.hi, found.hi);
			n += feed_unit_rest(run, unit, r);
		}
		found.lo = r.hi;
	}
	return n;
}

/* PENDING and covered by nothing: hand it out again. */
static uint32_t feed_sweep_gap(struct run *run, uint32_t lo, uint32_t hi)
{
	struct range found = { .lo = lo, .hi = lo };
	uint32_t n = 0, p;

	for (p = lo; p < hi; p++) {
		uint64_t raw = state_load(&run->arena.states[p]);

		if (!run->ended[p] && !plugin_withholds(run, p) &&
		    state_unpack(raw).state == STATE_PENDING &&
		    !feed_is_damaged(run, raw)) {
			found.hi = p + 1;
			continue;
		}
		if (!run->ended[p] && feed_is_damaged(run, raw))
			feed_judge_damage(run, p);
		n += feed_units(run, found);
		found = (struct range){ .lo = p + 1, .hi = p + 1 };
	}
	return n + feed_units(run, found);
}

/* All are idle: what the counts of slots should be is plain.  One that has
 * just woken may be counted once too often, until the next time. */
static void feed_recount(struct run *run)
{
	uint32_t i;

	for (i = 0; i < run->args->plan->n_parts; i++)
		if (cursor_count(&run->arena.cursors[i]))
			atom32_store_relaxed(&run->arena.cursors[i].n_on,
					     0); /* K10 */
}

/* All have slept beside it for long: a hint that nobody follows hides what it
 * covers.  A worker goes to sleep with none of its own, so a test wrote it;
 * only mail may have come since. */
static void feed_forget(struct run *run)
{
	struct range none = { 0 };
	uint32_t i;

	for (i = 0; i < run->n_slots; i++) {
		struct slot_deque *d = &run->arena.deques[i];

		if (run->slots[i].state != CREW_LIVE)
			continue;
		if (!range_is_empty(deque_peek(&d->deque)) ||
		    !range_is_empty(deque_peek(&d->held)))
			feed_distrust(run);
		deque_install(&d->deque, none);
		deque_install(&d->held, none);
		deque_install(&d->inbox, none);
	}
}

uint32_t feed_sweep(struct run *run)
{
	struct cover c = { 0 };
	uint32_t next = 0, n = 0, i;

	if (run->n_vain_sweeps == VAIN_SWEEPS_MAX)
		feed_forget(run);
	feed_recount(run);
	feed_find_cover(run, &c);
	for (i = 0; i < c.n; i++) {
		uint32_t lo = min_of(c.ranges[i].lo, run->layout.n_positions);

		if (lo > next)
			n += feed_sweep_gap(run, next, lo);
		next = max_of(next, min_of(c.ranges[i].hi,
					   run->layout.n_positions));
	}
	n += feed_sweep_gap(run, next, run->layout.n_positions);
	free(c.ranges);
	return n;
}
