/* SPDX-License-Identifier: MIT */
/*
 * gun.h - lets the copies of a test begin together (--stress): how far each
 * slot may go in its list, and the time at which the last of that begins.
 *
 * Use.
 *	runner, when all slots rest:	gun_fire(n, start_ns); wake all (gate.h)
 *	worker, in front of a take:	gun_has_fired(index), else it parks
 *	worker, in front of the body:	gun_start(), and waits for that time
 *
 * The time is a little ahead of the wake, so that who is woken last is not
 * late.  It is of the last fire: the runner does not fire again before all
 * that this one let go has ended.
 *
 * Who may write: the runner, before it wakes; a stale `fired` costs a sleep,
 * and the wake that follows the store ends it (G16, G3).  Who dies where: no
 * worker writes here, so a death leaves it as it was.
 */
#ifndef LOCKFREE_GUN_H
#define LOCKFREE_GUN_H

#include "lockfree/atom.h"

struct gun {
	struct atom64 start_ns; /* when the last ones begin; the runner */
	struct atom32 fired; /* of each slot's list so many may; the runner */
	char pad[ATOM_APART - 12];
};

_Static_assert(sizeof(struct gun) == ATOM_APART, "a line of its own");

static inline void gun_fire(struct gun *g, uint32_t n, uint64_t start_ns)
{
	atom64_store_relaxed(&g->start_ns, start_ns); /* Y1 */
	atom32_store_release(&g->fired, n);	      /* Y2 */
}

static inline bool gun_has_fired(const struct gun *g, uint32_t index)
{
	return index < atom32_load_acquire(&g->fired); /* Y3 */
}

static inline uint64_t gun_start(const struct gun *g)
{
	return atom64_load_relaxed(&g->start_ns); /* Y4 */
}

#endif
