/* SPDX-License-Identifier: MIT */
#include "work/claim.h"

#include "base/compiler.h"
#include "base/point.h"
#include "base/probe.h"

/* Tests are taken together for so long: 2 us a slot, so that a claim per batch
 * costs nothing and nobody waits for one (BATCH-1); with few slots, too, what
 * a claim costs is spread over a few hundred times as much (decision 0009). */
#define BATCH_NS 2000u
#define BATCH_MIN_NS UINT64_C(64000)
/* A batch is at most such a share of what each slot may still get. */
#define BATCH_SHARE 8u

/* What a look at one place came to. */
enum claim {
	CLAIM_NOTHING,
	CLAIM_AGAIN, /* it lies in the slot's own deque, or is gone */
	CLAIM_GOT,
	CLAIM_STALE,
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
			       .cursors = arena->cursors,
			       .states = arena->states,
			       .header = catalog->header,
			       .parts = catalog->parts,
			       .bounds = catalog->bounds,
			       .sums = catalog->sums,
			       .ops = ops,
			       .slot = slot,
			       .part = CLAIM_NO_PART,
			       .batch = 1,
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

hot_path static inline bool claim_from_deque(struct claimer *c,
					    uint32_t *position)
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

/* A chain that is run again begins in a fresh worker (CRASH-3): it stays where
 * it is, for the next one in this slot. */
hot_path static bool claim_is_stale(struct claimer *c, uint32_t position)
{
	struct state_word w = state_unpack(state_load(&c->states[position]));

	if (w.state != STATE_PENDING)
		return false;
	c->entered = true;
	c->stale = w.attempt > 0 && c->seq > 0;
	return c->stale;
}

/* Its volley has not begun. */
hot_path static bool claim_must_wait(const struct claimer *c,
				     uint32_t position)
{
	uint32_t len = c->header->list_len;

	return unlikely(len) && !gun_has_fired(&c->gate->gun, position % len);
}

hot_path static bool claim_from_held(struct claimer *c, uint32_t *position)
{
	struct range seen = deque_peek(&c->own->held);

	if (!range_is_bound(seen) || !claim_is_sane(c, range_free(seen))) {
		deque_install(&c->own->held, (struct range){ 0 });
		c->holding = false;
		return false;
	}
	if (c->header->chains &&
	    (c->stale || (!c->entered && claim_is_stale(c, seen.lo))))
		return false;
	if (claim_must_wait(c, seen.lo))
		return false;
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

void claim_drop_bound(struct claimer *c)
{
	deque_install(&c->own->held, (struct range){ 0 });
	c->holding = false;
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
		c->entered = false;
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
	if (unlikely(c->stale))
		return CLAIM_STALE;
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

/* Nothing to install.  A chain of one may want a fresh worker. */
hot_path static bool claim_is_one(const struct claimer *c, struct range r)
{
	return range_len(r) == 1 && claim_is_sane(c, range_free(r)) &&
	       !(c->header->chains && range_is_bound(r));
}

hot_path static enum claim claim_from_ring(struct claimer *c,
					   uint32_t *position)
{
	uint32_t mask = c->header->arena.ring_cap - 1;
	struct ring_look look;

	while (ring_peek_mc(c->ring, mask, &look)) {
		bool one = claim_is_one(c, look.range);

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

/* ---- parts of the plan ----------------------------------------------- */

/* One cursor for all, and nothing to set up behind it: nobody counts who is
 * there (FIX-6). */
static bool claim_is_plain(const struct claimer *c)
{
	return c->header->n_parts < 2 &&
	       (c->header->n_parts == 0 || c->parts[0].setup_ns == 0);
}

/* What is left of a part; empty when its word cannot be true. */
hot_path static struct range claim_left(const struct claimer *c, uint32_t part)
{
	struct range r = cursor_peek(&c->cursors[part]);

	return part_is_sane(&c->parts[part], r) ? r : (struct range){ 0 };
}

static uint64_t claim_left_ns(const struct claimer *c, struct range left)
{
	return c->sums[left.hi] - c->sums[left.lo];
}

/* FIX-2: where nobody is, what takes longest.  FIX-3: else where it pays,
 * what takes each of those that are there longest.  FIX-8: else the first. */
static uint32_t claim_choose_part(const struct claimer *c)
{
	uint32_t best = CLAIM_NO_PART, i;
	uint64_t best_ns = 0;
	bool best_fresh = false;

	for (i = 0; i < c->header->n_parts; i++) {
		struct range left = claim_left(c, i);
		uint32_t n_on = cursor_count(&c->cursors[i]);
		uint64_t ns;

		if (range_is_empty(left) || (n_on && best_fresh))
			continue;
		ns = claim_left_ns(c, left);
		if (!cursor_pays(ns, n_on, c->parts[i].setup_ns))
			continue;
		ns /= max_of(n_on, 1u);
		if (best != CLAIM_NO_PART && best_fresh == !n_on &&
		    ns <= best_ns)
			continue;
		best = i;
		best_ns = ns;
		best_fresh = !n_on;
	}
	return best;
}

/* The slot page first: who dies in between is not counted, and taken off all
 * the same. */
static void claim_join(struct claimer *c, uint32_t part)
{
	c->part = part;
	atom32_store_release(&c->self->part, part + 1); /* K8 */
	cursor_join(&c->cursors[part]);
}

void claim_leave(struct claimer *c)
{
	uint32_t part = c->part;

	c->part = CLAIM_NO_PART;
	if (part == CLAIM_NO_PART || claim_is_plain(c))
		return;
	cursor_leave(&c->cursors[part]);
	atom32_store_release(&c->self->part, 0); /* K9 */
	/* It may pay for others now (FIX-4). */
	if (!range_is_empty(claim_left(c, part)))
		gate_wake(c->gate, c->ops, (int)c->header->jobs);
}

/* On to a part that has something left. */
hot_path static bool claim_find_part(struct claimer *c)
{
	uint32_t part;

	if (likely(c->part != CLAIM_NO_PART))
		return true;
	if (claim_is_plain(c)) {
		c->part = c->header->n_parts ? 0 : CLAIM_NO_PART;
		return c->header->n_parts;
	}
	part = claim_choose_part(c);
	if (part == CLAIM_NO_PART)
		return false;
	claim_join(c, part);
	return true;
}

/* How many to take together, if all are as short as those of last time
 * (BATCH-2). */
hot_path static uint32_t claim_batch(struct claimer *c, uint64_t now_ns)
{
	uint64_t took_ns = now_ns - c->batch_ns;
	uint64_t most_ns = max_of((uint64_t)BATCH_NS * c->header->jobs,
				  BATCH_MIN_NS);

	c->batch_ns = now_ns;
	if (took_ns > most_ns)
		return 1;
	return took_ns < most_ns / 2 ? 2 * c->batch : c->batch;
}

/* Never so many that others would lack them at the end. */
hot_path static uint32_t claim_limit(const struct claimer *c, uint32_t n,
				     uint32_t left)
{
	uint32_t share = BATCH_SHARE * c->header->jobs;
	uint32_t most = left / share + (left % share != 0);

	if (c->header->batch_max)
		most = min_of(most, c->header->batch_max);
	return min_of(n, most);
}

/* The first bound unit that does not end in front of the position. */
static const struct bound *claim_bound(struct claimer *c, uint32_t position)
{
	const struct bound *b = c->bounds;
	uint32_t n = c->header->n_bounds, i = c->bound;

	if (i < n && b[i].hi <= position)
		i++;
	if ((i > 0 && b[i - 1].hi > position) ||
	    (i < n && b[i].hi <= position))
		i = bound_search(b, n, position);
	c->bound = i;
	return i < n ? &b[i] : NULL;
}

/* What to take from the front: a bound unit whole, or free ones up to the
 * next. */
hot_path static struct range claim_cut(struct claimer *c, struct range left,
				       uint32_t batch)
{
	const struct bound *b;
	struct range r = left;

	if (unlikely(c->header->n_bounds)) {
		b = claim_bound(c, left.lo);
		if (b && b->lo <= left.lo)
			return range_bind(left.lo, min_of(b->hi, left.hi));
		if (b)
			r.hi = min_of(b->lo, r.hi);
	}
	r.hi = left.lo + min_of(r.hi - left.lo,
				claim_limit(c, batch, left.hi - left.lo));
	return r;
}

hot_path static enum claim claim_take(struct claimer *c, uint32_t batch,
				      uint32_t *position)
{
	struct cursor *cursor = &c->cursors[c->part];
	struct range left = cursor_peek(cursor), r;

	while (part_is_sane(&c->parts[c->part], left)) {
		bool one;

		r = claim_cut(c, left, batch);
		one = range_len(r) == 1;
		if (one)
			claim_announce(c, r.lo);
		if (!cursor_try_take(cursor, &left, range_len(r)))
			continue;
		point(part_taken);
		c->batch = range_is_bound(r) ? 1 : range_len(r);
		*position = r.lo;
		if (one)
			return CLAIM_GOT;
		claim_install(c, r);
		return claim_installed(c, position);
	}
	return CLAIM_NOTHING;
}

hot_path static enum claim claim_from_parts(struct claimer *c, uint64_t now_ns,
					    uint32_t *position)
{
	uint32_t batch = claim_batch(c, now_ns);
	enum claim found;

	while (claim_find_part(c)) {
		found = claim_take(c, batch, position);
		if (found != CLAIM_NOTHING)
			return found;
		claim_leave(c);
		if (claim_is_plain(c))
			break;
	}
	return CLAIM_NOTHING;
}

/* ---- the slot's inbox, and other slots --------------------------------- */

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

	if (c->header->pinned)
		return CLAIM_NOTHING;
	while (claim_find_victim(c, &victim)) {
		if (!claim_rob(&victim, &got))
			continue;
		probe3(steal, c->slot, got.lo, got.hi);
		point(stolen);
		claim_install(c, got);
		return claim_installed(c, position);
	}
	return CLAIM_NOTHING;
}

/* ---- all of it ------------------------------------------------------- */

/* Anywhere but in its own deque, in the order of CLAIM-1.  Apart, so that who
 * takes from its deque does not make room for what a search needs. */
__attribute__((noinline)) hot_path static bool
claim_search(struct claimer *c, uint64_t now_ns, uint32_t *position)
{
	enum claim found;

	do {
		found = claim_from_inbox(c, position);
		if (found == CLAIM_NOTHING)
			found = claim_from_parts(c, now_ns, position);
		if (found == CLAIM_NOTHING)
			found = claim_from_ring(c, position);
		if (found == CLAIM_NOTHING)
			found = claim_steal(c, position);
		if (found == CLAIM_AGAIN && claim_from_deque(c, position))
			return true;
	} while (found == CLAIM_AGAIN);
	return found == CLAIM_GOT;
}

__attribute__((noinline)) hot_path static bool
claim_find(struct claimer *c, uint64_t now_ns, uint32_t *position)
{
	if (unlikely(c->stale))
		return false;
	return claim_from_deque(c, position) ||
	       claim_search(c, now_ns, position);
}

/* Something is out of the ordinary. */
hot_path __attribute__((noinline)) static bool
claim_by_signs(struct claimer *c, uint32_t signs, uint64_t now_ns,
			   uint32_t *position)
{
	if (signs & GATE_STOP)
		return false;
	if (c->holding && claim_from_held(c, position))
		return true;
	if (unlikely(c->stale))
		return false;
	if (c->header->pinned && claim_from_inbox(c, position) == CLAIM_GOT)
		return true;
	if (signs & GATE_HOLD && gate_holds_back(c->gate, c->slot))
		return signs & GATE_FILL &&
		       claim_from_inbox(c, position) == CLAIM_GOT;
	if (signs & GATE_RING && claim_from_ring(c, position) == CLAIM_GOT)
		return true;
	return claim_find(c, now_ns, position);
}

/* Its next copy may begin. */
static bool claim_sees_volley(const struct claimer *c)
{
	struct range held = deque_peek(&c->own->held);

	return c->header->list_len && !range_is_empty(held) &&
	       !claim_must_wait(c, held.lo);
}

bool claim_sees(const struct claimer *c)
{
	uint32_t mask = c->header->arena.ring_cap - 1;
	uint32_t signs = gate_signs(c->gate);
	bool mail = !range_is_empty(deque_peek(&c->own->inbox));
	struct ring_look look;
	struct victim victim;

	if (unlikely(claim_sees_volley(c)))
		return true;
	if (signs & GATE_HOLD && gate_holds_back(c->gate, c->slot))
		return mail && signs & GATE_FILL;
	if (mail || ring_peek_mc(c->ring, mask, &look))
		return true;
	if (claim_is_plain(c) ? c->header->n_parts &&
				!range_is_empty(claim_left(c, 0))
			      : claim_choose_part(c) != CLAIM_NO_PART)
		return true;
	return !c->header->pinned && claim_find_victim(c, &victim);
}

hot_path bool claim_next(struct claimer *c, uint64_t now_ns,
			 uint32_t *position)
{
	uint32_t signs = gate_signs(c->gate);
	struct range seen;

	if (unlikely(signs || c->holding))
		return claim_by_signs(c, signs, now_ns, position);
	/* The first try of claim_from_deque(), of which most are the last:
	 * with nothing around it it needs no frame. */
	seen = deque_peek(&c->own->deque);
	if (unlikely(!claim_is_sane(c, seen)))
		return claim_find(c, now_ns, position);
	claim_announce(c, seen.lo);
	point(take_announced);
	if (unlikely(!deque_try_take(&c->own->deque, seen)))
		return claim_find(c, now_ns, position);
	*position = seen.lo;
	return true;
}
