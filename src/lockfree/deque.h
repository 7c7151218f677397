/* SPDX-License-Identifier: MIT */
/*
 * deque.h - the positions a slot prefers: a range in one word.
 *
 * The plan is an array already, so a deque of consecutive positions is two
 * numbers: taking one from the front and stealing half from the back are one
 * compare-and-swap each, nothing is copied, and a dead owner leaves it whole
 * and claimable.  There is no ABA: a position enters a deque at most once
 * between two requeues, and the state word decides in any case (LF-2).
 *
 * Who against whom:
 *	install / install	excluded: only the owner, or the runner while
 *				the slot has no worker
 *	install / steal		safe: thieves leave an empty deque alone
 *	take / steal, steal / steal	safe: one wins
 *
 * Beside its deque a slot has a second one, of a bound range: a unit it has
 * begun, or all of its list.  Only its owner takes from that, and the runner
 * puts back what a dead owner had taken and not begun.
 *
 * The third is its inbox, where the runner puts what a scheduler plug-in has
 * assigned to the slot.  The owner moves all of it to its deque when that is
 * empty, thieves take a half as from the deque, or a bound range whole, and
 * the runner takes from the back.  All by compare-and-swap; a range that left
 * and came back is the same range.
 *
 * Who dies where:
 *	owner after emptying	as a thief after stealing
 *	its inbox
 *	owner after taking	its `current` names the position (slot.h)
 *	thief after stealing,	the stolen half is covered by nothing: the sweep
 *	before installing	finds it
 */
#ifndef LOCKFREE_DEQUE_H
#define LOCKFREE_DEQUE_H

#include "lockfree/atom.h"
#include "lockfree/range.h"

struct deque {
	struct atom64 range;
};

static inline struct range deque_peek(const struct deque *d)
{
	return range_unpack(atom64_load_acquire(&d->range)); /* D1 */
}

/* Only over an empty deque (LF-8). */
static inline void deque_install(struct deque *d, struct range r)
{
	atom64_store_release(&d->range, range_pack(r)); /* D2 */
}

/* Owner: takes seen.lo, if nothing changed since it was seen. */
static inline bool deque_try_take(struct deque *d, struct range seen)
{
	uint64_t expected = range_pack(seen);

	return atom64_cas_acq_rel(&d->range, &expected,
				  range_pack((struct range){
					  .lo = seen.lo + 1,
					  .hi = seen.hi })); /* D3 */
}

/* Owner of a bound range: nobody else takes from it. */
static inline void deque_take_bound(struct deque *d, struct range seen)
{
	seen.lo++;
	atom64_store_release(&d->range, range_pack(seen)); /* D5 */
}

/* Runner, to an inbox: false when something is in it. */
static inline bool deque_try_put(struct deque *d, struct range r)
{
	uint64_t seen = atom64_load_acquire(&d->range); /* D6 */

	return range_is_empty(range_unpack(seen)) &&
	       atom64_cas_acq_rel(&d->range, &seen, range_pack(r)); /* D7 */
}

/* All of it, if nothing changed since it was seen. */
static inline bool deque_try_empty(struct deque *d, struct range seen)
{
	uint64_t expected = range_pack(seen);

	return !range_is_empty(seen) &&
	       atom64_cas_acq_rel(&d->range, &expected, 0); /* D8 */
}

/* Runner: the last n of a free range, if nothing changed since. */
static inline bool deque_try_cut(struct deque *d, struct range seen,
				 uint32_t n)
{
	uint64_t expected = range_pack(seen);

	seen.hi -= n;
	return atom64_cas_acq_rel(&d->range, &expected,
				  range_pack(seen)); /* D9 */
}

/* Thief: takes the back half, rounded up (DEQ-2), if nothing changed since
 * it was seen; the stolen range goes to *got. */
static inline bool deque_try_steal(struct deque *d, struct range seen,
				   struct range *got)
{
	uint32_t mid = seen.lo + range_len(seen) / 2;
	uint64_t expected = range_pack(seen);

	if (range_is_empty(seen))
		return false;
	*got = (struct range){ .lo = mid, .hi = seen.hi };
	return atom64_cas_acq_rel(&d->range, &expected,
				  range_pack((struct range){
					  .lo = seen.lo, .hi = mid })); /* D4 */
}

#endif
