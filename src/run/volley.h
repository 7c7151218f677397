/* SPDX-License-Identifier: MIT */
/*
 * volley.h - the copies of a test that begin together (--stress): when all
 * slots rest in front of the same place of their lists, fires the gun
 * (lockfree/gun.h), so that each takes what stands there, and no more.
 *
 * A volley has ended when all slots rest again, in front of the next place;
 * so at no time does a copy of one run beside a copy of another.  What a dead
 * worker had taken and not begun its successor begins, late and alone; the
 * next volley waits for it.  A slot whose list is over, or was overwritten, is
 * not waited for.  Nothing of this is believed: who takes too early, as a test
 * scribbled over the gun or over a list, is granted by its state word alone,
 * and what was skipped the sweep finds when all has been fired.
 *
 * Not there in a plan without copies.
 */
#ifndef RUN_VOLLEY_H
#define RUN_VOLLEY_H

#include "run/run_impl.h"

void volley_open(struct run *run);
/* Fires, or stops the run whose time to stress is over (TIME-14). */
void volley_turn(struct run *run);
/* Would it?  For the look behind gate_doze(): who comes to rest later rings. */
bool volley_is_due(const struct run *run);
/* There are some that may not begin: that all sleep says nothing. */
bool volley_holds_back(const struct run *run);
/* Of a run that was stopped: is that of a volley that never began?  How many
 * there would have been is a limit, and what was not begun was not selected. */
bool volley_withdraw(struct run *run, uint32_t position);
/* Has the gun another value than it was given?  It is given it again; and
 * whoever missed the wake is woken. */
bool volley_mend(struct run *run);

#endif
