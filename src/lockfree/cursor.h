/* SPDX-License-Identifier: MIT */
/*
 * cursor.h - a part of the plan that any slot takes from the front of, and
 * how many slots are on it (K of the fixture rule, FIX-1 to FIX-8).
 *
 * Who against whom:
 *	install / take	excluded: only the runner, before the first fork
 *	take / take	safe: one wins the compare-and-swap, the others look again
 *	join / leave	safe
 *
 * Who dies where:
 *	take, before the CAS	nothing happened
 *	take, after the CAS	what was taken is covered by nothing: the sweep;
 *				a single position stands in `current` (slot.h)
 *	after a join		the runner leaves for it: its slot page says
 *				where it was
 *
 * The count may be off for a moment, and for longer after a death in the
 * middle of a join or after scribbling: that costs time, and is put right
 * when all are idle (run/feed.c).
 */
#ifndef LOCKFREE_CURSOR_H
#define LOCKFREE_CURSOR_H

#include "lockfree/atom.h"
#include "lockfree/range.h"

struct cursor {
	struct atom64 range; /* what is left: workers, by CAS */
	struct atom32 n_on;  /* slots: workers; the runner for a dead one */
	char pad[ATOM_APART - 12];
};

_Static_assert(sizeof(struct cursor) == ATOM_APART, "a line each");

static inline void cursor_install(struct cursor *c, struct range r)
{
	atom64_store_release(&c->range, range_pack(r)); /* K1 */
}

static inline struct range cursor_peek(const struct cursor *c)
{
	return range_unpack(atom64_load_acquire(&c->range)); /* K2 */
}

/* Takes n from the front, if nothing changed since it was seen; else *seen
 * is what is there now. */
static inline bool cursor_try_take(struct cursor *c, struct range *seen,
				   uint32_t n)
{
	uint64_t expected = range_pack(*seen);
	struct range left = { .lo = seen->lo + n, .hi = seen->hi };

	if (atom64_cas_acq_rel(&c->range, &expected, range_pack(left))) /* K3 */
		return true;
	*seen = range_unpack(expected);
	return false;
}

static inline uint32_t cursor_count(const struct cursor *c)
{
	return atom32_load_relaxed(&c->n_on); /* K4 */
}

static inline void cursor_join(struct cursor *c)
{
	atom32_add_seq(&c->n_on, 1); /* K5 */
}

/* Never below zero: a wrong count must not become a huge one. */
static inline void cursor_leave(struct cursor *c)
{
	uint32_t seen = atom32_load_relaxed(&c->n_on); /* K6 */

	while (seen > 0 &&
	       !atom32_cas_acq_rel(&c->n_on, &seen, seen - 1)) /* K7 */
		;
}

/* FIX-2, FIX-3: does it pay to set the fixture up once more, for a slot that
 * is not on it?  left_ns is the work in it that nobody has claimed, n_on how
 * many slots have the fixture already. */
static inline bool cursor_pays(uint64_t left_ns, uint32_t n_on,
			       uint64_t setup_ns)
{
	if (n_on == 0 || setup_ns == 0)
		return true;
	return left_ns / n_on > setup_ns ||
	       (left_ns / n_on == setup_ns && left_ns % n_on > 0);
}

#endif
