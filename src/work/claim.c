/* SPDX-License-Identifier: MIT */
#include "work/claim.h"

#include "base/compiler.h"
#include "base/point.h"

/* What a look at one place came to. */
enum claim {
	CLAIM_NOTHING,
	CLAIM_AGAIN, /* it lies in the slot's own deque, or is gone */
	CLAIM_GOT,
};

hot_path void claim_open(struct claimer *c, const struct catalog *catalog,
			 const struct arena *arena, uint32_t slot,
			 const struct gate_ops *ops)
{
	*c = (struct claimer){ .gate = arena->gate,
			       .ring = arena->ring,
			       .deques = arena->deques,
			       .own = &arena->deques[slot],
			       .self = &arena->slots[slot],
			       .header = catalog->header,
			       .ops = ops,
			       .slot = slot,
			       .holding = true };
}

/* In front of the take and of the state word: after a death between, this
 * position is judged, and no other (LF-7). */
hot_path static void claim_announce(struct claimer *c, uint32_t position)
{
	c->seq++;
	current_store(&c->self->current,
		      (struct current_word){ .position = position,
					     .phase = PHASE_CLAIM,
					     .seq = c->seq }); /* C4 */
}

hot_path void claim_end(struct claimer *c)
{
	current_store(&c->self->current,
		      (struct current_word){ .phase = PHASE_IDLE,
					     .seq = c->seq }); /* C9 */
}

/* Of a range without its bit. */
hot_path static bool claim_is_sane(const struct claimer *c, struct range r)
{
	return r.lo < r.hi && r.hi <= c->header->n_positions;
}

/* ---- the slot's own -------------------------------------------------- */

hot_path static bool claim_from_deque(struct claimer *c, uint32_t *position)
{
	struct range seen = deque_peek(&c->own->deque);

	while (likely(claim_is_sane(c, seen))) {
		claim_announce(c, seen.lo);
		point(take_announced);
		if (likely(deque_try_take(&c->own->deque, seen))) {
			*position = seen.lo;
			return true;
		}
		seen = deque_peek(&c->own->deque);
	}
	/* A test scribbled over it; the sweep finds the rest. */
	if (!range_is_empty(seen))
		deque_install(&c->own->deque, (struct range){ 0 });
	return false;
}

static bool claim_from_held(struct claimer *c, uint32_t *position)
{
	struct range seen = deque_peek(&c->own->held);

	if (!range_is_bound(seen) || !claim_is_sane(c, range_free(seen))) {
		deque_install(&c->own->held, (struct range){ 0 });
		c->holding = false;
		return false;
	}
	claim_announce(c, seen.lo);
	point(take_announced);
	deque_take_bound(&c->own->held, seen);
	*position = seen.lo;
	return true;
}

bool claim_is_bound(const struct claimer *c)
{
	return c->holding && !range_is_empty(deque_peek(&c->own->held));
}

/* A range is ours: a bound one goes where nobody else takes from it, a free
 * one into the empty deque, where others can have their part of it (SHM-2);
 * one of them is woken (LF-8). */
hot_path static void claim_install(struct claimer *c, struct range r)
{
	if (!claim_is_sane(c, range_free(r)))
		return;
	if (range_is_bound(r)) {
		c->holding = true;
		deque_install(&c->own->held, r);
		point(installed);
		return;
	}
	deque_install(&c->own->deque, r);
	point(installed);
	if (range_len(r) > 1)
		gate_wake(c->gate, c->ops, 1);
}

/* From its own, what came from elsewhere just now. */
hot_path static enum claim claim_installed(struct claimer *c,
					   uint32_t *position)
{
	if (c->holding && claim_from_held(c, position))
		return CLAIM_GOT;
	return claim_from_deque(c, position) ? CLAIM_GOT : CLAIM_AGAIN;
}

/* ---- the shared ring ------------------------------------------------- */

/* Behind the own deque when that is not empty: a free range of several has
 * no place then, and waits for a slot that has nothing. */
hot_path static bool claim_has_place(const struct claimer *c, struct range r)
{
	return range_is_bound(r) || !claim_is_sane(c, r) ||
	       range_is_empty(deque_peek(&c->own->deque));
}

hot_path static enum claim claim_from_ring(struct claimer *c,
					   uint32_t *position)
{
	uint32_t mask = c->header->arena.ring_cap - 1;
	struct ring_look look;

	while (ring_peek_mc(c->ring, mask, &look)) {
		bool one = range_len(look.range) == 1 &&
			   claim_is_sane(c, range_free(look.range));

		if (one)
			claim_announce(c, look.range.lo);
		else if (!claim_has_place(c, look.range))
			return CLAIM_NOTHING;
		if (!ring_try_take_mc(c->ring, &look))
			continue;
		point(ring_taken);
		*position = look.range.lo;
		if (one)
			return CLAIM_GOT;
		claim_install(c, look.range);
		return claim_installed(c, position);
	}
	return CLAIM_NOTHING;
}

/* ---- the slot's inbox, and other slots ----------------------------------------------------- */

/* What a scheduler plug-in assigned to it; the own deque is empty. */
hot_path static enum claim claim_from_inbox(struct claimer *c,
					    uint32_t *position)
{
	struct range seen = deque_peek(&c->own->inbox);

	if (likely(range_is_empty(seen)))
		return CLAIM_NOTHING;
	if (!deque_try_empty(&c->own->inbox, seen))
		return CLAIM_AGAIN;
	point(inbox_taken);
	claim_install(c, seen);
	return claim_installed(c, position);
}

struct victim {
	struct deque *deque; /* or inbox */
	struct range seen;
};

hot_path static void claim_weigh(const struct claimer *c, struct deque *deque,
				 struct victim *best)
{
	struct range r = deque_peek(deque);

	if (range_len(r) <= range_len(best->seen) ||
	    !claim_is_sane(c, range_free(r)))
		return;
	*best = (struct victim){ .deque = deque, .seen = r };
}

/* The slot with the most to give, the lowest number on ties (DEQ-3). */
hot_path static bool claim_find_victim(const struct claimer *c,
				       struct victim *best)
{
	uint32_t n = c->header->arena.n_slots, i;

	*best = (struct victim){ 0 };
	for (i = 0; i < n; i++) {
		if (i == c->slot)
			continue;
		claim_weigh(c, &c->deques[i].deque, best);
		claim_weigh(c, &c->deques[i].inbox, best);
	}
	return best->deque;
}

/* What is bound, in an inbox, goes whole. */
hot_path static bool claim_rob(const struct victim *v, struct range *got)
{
	if (likely(!range_is_bound(v->seen)))
		return deque_try_steal(v->deque, v->seen, got);
	*got = v->seen;
	return deque_try_empty(v->deque, v->seen);
}

hot_path static enum claim claim_steal(struct claimer *c, uint32_t *position)
{
	struct victim victim;
	struct range got;

	while (claim_find_victim(c, &victim)) {
		if (!claim_rob(&victim, &got))
			continue;
		point(stolen);
		claim_install(c, got);
		return claim_installed(c, position);
	}
	return CLAIM_NOTHING;
}

/* ---- all of it ------------------------------------------------------- */

/* In the order of CLAIM-1. */
hot_path static bool claim_find(struct claimer *c, uint32_t *position)
{
	enum claim found = CLAIM_AGAIN;

	while (found == CLAIM_AGAIN) {
		if (claim_from_deque(c, position))
			return true;
		found = claim_from_inbox(c, position);
		if (found == CLAIM_NOTHING)
			found = claim_from_ring(c, position);
		if (found == CLAIM_NOTHING)
			found = claim_steal(c, position);
	}
	return found == CLAIM_GOT;
}

/* Something is out of the ordinary. */
hot_path static bool claim_by_signs(struct claimer *c, uint32_t signs,
				    uint32_t *position)
{
	if (signs & GATE_STOP)
		return false;
	if (c->holding && claim_from_held(c, position))
		return true;
	if (signs & GATE_HOLD && gate_holds_back(c->gate, c->slot))
		return false;
	if (signs & GATE_RING && claim_from_ring(c, position) == CLAIM_GOT)
		return true;
	return claim_find(c, position);
}

hot_path bool claim_next(struct claimer *c, uint32_t *position)
{
	uint32_t signs = gate_signs(c->gate);

	if (likely(!signs && !c->holding))
		return claim_find(c, position);
	return claim_by_signs(c, signs, position);
}
