/* SPDX-License-Identifier: MIT */
#include "stepper.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define NO_PART UINT32_MAX

void stepper_init(struct stepper *st, const struct plan *plan,
		  const double *ns, const double *est_ns, uint32_t n_slots)
{
	uint32_t i;

	*st = (struct stepper){ .plan = plan,
				.ns = ns,
				.n_slots = n_slots,
				.hung = UINT32_MAX };
	st->sums = mem_array((size_t)plan->n_positions + 1, sizeof(double));
	st->started = mem_array(plan->n_positions, sizeof(double));
	st->on_slot = mem_array(plan->n_positions, sizeof(uint32_t));
	st->parts = mem_array(plan->n_parts, sizeof(*st->parts));
	for (i = 0; i < plan->n_positions; i++) {
		st->sums[i + 1] = st->sums[i] + (est_ns ? est_ns : ns)[i];
		st->started[i] = -1;
	}
	for (i = 0; i < plan->n_parts; i++)
		st->parts[i].next = plan->parts[i].lo;
	for (i = 0; i < n_slots; i++) {
		st->slots[i].part = NO_PART;
		st->slots[i].busy_until = -1;
	}
	for (i = 0; i < plan->n_deals; i++)
		st->slots[plan->deals[i].slot].deque =
			(struct bound){ plan->deals[i].lo, plan->deals[i].hi };
}

void stepper_fini(struct stepper *st)
{
	uint32_t i;

	free(st->sums);
	free(st->started);
	free(st->on_slot);
	free(st->parts);
	for (i = 0; i < st->n_slots; i++)
		str_fini(&st->slots[i].ran);
}

/* ---- parts ----------------------------------------------------------- */

static double stepper_left(const struct stepper *st, uint32_t part)
{
	return st->sums[st->plan->parts[part].hi] -
	       st->sums[st->parts[part].next];
}

static bool stepper_has(const struct stepper *st, uint32_t part)
{
	return part != NO_PART &&
	       st->parts[part].next < st->plan->parts[part].hi;
}

/* FIX-2: the unstarted with the largest R. */
static uint32_t stepper_unstarted(const struct stepper *st)
{
	uint32_t best = NO_PART, i;

	for (i = 0; i < st->plan->n_parts; i++)
		if (!st->parts[i].started && stepper_has(st, i) &&
		    (best == NO_PART ||
		     stepper_left(st, i) > stepper_left(st, best)))
			best = i;
	return best;
}

/* FIX-3: a running one that is worth another set-up. */
static uint32_t stepper_running(const struct stepper *st, uint32_t held)
{
	uint32_t best = NO_PART, i;
	double best_rate = 0;

	for (i = 0; i < st->plan->n_parts; i++) {
		double k = st->parts[i].k ? st->parts[i].k : 1;
		double setup = i == held
				       ? 0
				       : (double)st->plan->parts[i].setup_ns;
		double left = stepper_left(st, i);

		if (stepper_has(st, i) && left > k * setup &&
		    left / k > best_rate) {
			best = i;
			best_rate = left / k;
		}
	}
	return best;
}

static uint32_t stepper_choose_part(const struct stepper *st,
				    const struct stepper_slot *slot)
{
	uint32_t part;

	if (st->plan->n_parts == 1 && st->plan->parts[0].setup_ns == 0)
		return stepper_has(st, 0) ? 0 : NO_PART;
	if (stepper_has(st, slot->part))
		return slot->part;
	part = stepper_unstarted(st);
	return part != NO_PART ? part : stepper_running(st, slot->part);
}

static void stepper_leave(struct stepper *st, struct stepper_slot *slot)
{
	if (slot->on)
		st->parts[slot->part].k--;
	slot->on = false;
}

/* Takes a unit of a part; what entering costs. */
static bool stepper_take_part(struct stepper *st, struct stepper_slot *slot,
			      double *setup)
{
	uint32_t part = stepper_choose_part(st, slot), i;
	struct stepper_part *p;

	if (part == NO_PART) {
		stepper_leave(st, slot);
		return false;
	}
	p = &st->parts[part];
	if (slot->part != part) {
		stepper_leave(st, slot);
		*setup = (double)st->plan->parts[part].setup_ns;
		st->n_setups++;
		slot->part = part;
	}
	if (!slot->on)
		p->k++;
	slot->on = p->started = true;
	slot->held = (struct bound){ p->next, p->next + 1 };
	for (i = 0; i < st->plan->n_bounds; i++)
		if (st->plan->bounds[i].lo == p->next)
			slot->held.hi = st->plan->bounds[i].hi;
	p->next = slot->held.hi;
	return true;
}

/* ---- deques ---------------------------------------------------------- */

/* DEQ-2, DEQ-3 */
static bool stepper_steal(struct stepper *st, struct stepper_slot *slot)
{
	struct stepper_slot *victim = NULL;
	uint32_t i, len, best = 0;

	for (i = 0; i < st->n_slots; i++) {
		len = st->slots[i].deque.hi - st->slots[i].deque.lo;
		if (len > best) {
			best = len;
			victim = &st->slots[i];
		}
	}
	if (!victim)
		return false;
	slot->deque.hi = victim->deque.hi;
	slot->deque.lo = victim->deque.hi -= (best + 1) / 2;
	return true;
}

static bool stepper_claim(struct stepper *st, struct stepper_slot *slot,
			  double *setup)
{
	*setup = 0;
	if (slot->held.lo < slot->held.hi)
		return true;
	if (slot->deque.lo == slot->deque.hi &&
	    stepper_take_part(st, slot, setup))
		return true;
	if (slot->deque.lo == slot->deque.hi && !stepper_steal(st, slot))
		return false;
	slot->held.lo = slot->deque.lo++;
	slot->held.hi = slot->deque.lo;
	return true;
}

/* ---- time ------------------------------------------------------------ */

static bool stepper_start(struct stepper *st, uint32_t i)
{
	struct stepper_slot *slot = &st->slots[i];
	uint32_t position;
	double setup;

	if (slot->busy_until >= 0 || !stepper_claim(st, slot, &setup))
		return false;
	position = slot->held.lo++;
	st->started[position] = st->now;
	st->on_slot[position] = i;
	str_addf(&slot->ran, "%s%u", slot->ran.len ? " " : "", position);
	slot->busy_until = st->now + setup + st->ns[position];
	if (st->hung == i)
		slot->busy_until = 1e300;
	return true;
}

/* What one slot does may let another go on (FIX-4). */
static void stepper_start_all(struct stepper *st)
{
	bool any;
	uint32_t i;

	do {
		any = false;
		for (i = 0; i < st->n_slots; i++)
			any |= stepper_start(st, i);
	} while (any);
}

double stepper_run(struct stepper *st)
{
	for (;;) {
		double next = 1e299;
		uint32_t i;

		stepper_start_all(st);
		for (i = 0; i < st->n_slots; i++)
			if (st->slots[i].busy_until >= 0 &&
			    st->slots[i].busy_until < next)
				next = st->slots[i].busy_until;
		if (next >= 1e299)
			return st->now;
		st->now = next;
		for (i = 0; i < st->n_slots; i++)
			if (st->slots[i].busy_until >= 0 &&
			    st->slots[i].busy_until <= next)
				st->slots[i].busy_until = -1;
	}
}
