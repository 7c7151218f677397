/* SPDX-License-Identifier: MIT */
/*
 * fill.h - what the slots do that are kept free for a wide unit, until there
 * are enough of them (WEIGHT-1).
 *
 * A slot that rests meanwhile gets tests of the body that end before the last
 * of the others does, as far as the history knows.  It is shown where else to
 * look, no more: they stay where they are in the plan, and who claims one
 * first runs it (CLAIM-2).  Never a bound unit, which is not to be in two
 * places.
 *
 * Where nothing is known, for a plug-in, and where the body is not one line of
 * tests, nothing is filled.  Runner only.
 */
#ifndef RUN_FILL_H
#define RUN_FILL_H

#include "run/run_impl.h"

/* How long all tests of a unit take; 0 = not all are known. */
uint64_t fill_unit_ns(const struct run *run, struct range unit);

/* Shows tests to those of the slots from .. to - 1 that rest.  *next: the body
 * was looked at up to here; what did not fit will not fit later, until another
 * unit waits and it is 0 again. */
void fill_slots(struct run *run, uint32_t from, uint32_t to, uint32_t *next);

#endif
