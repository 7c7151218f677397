/* SPDX-License-Identifier: MIT */
/*
 * processor.h - a test child begins where its worker is, which does nothing
 * but wait for it (decision 0047).
 *
 * Left to itself the kernel gives a child an idle processor, and its parent
 * another one when the child is gone.  Each of the two has to be woken, tells
 * the other what has become of the pages they share, and has none of them in
 * its caches: a fifth of what a fork costs.
 */
#ifndef WORK_PROCESSOR_H
#define WORK_PROCESSOR_H

#include <stdbool.h>
#include <stdint.h>

/* Before a fork: the worker stays where it is, at most 10 ms.  After that one
 * fork goes wherever the kernel wants, which may find a better place. */
void processor_hold(uint64_t now_ns);

/* The child may go where the worker might when it was free. */
void processor_free_child(void);

/* So may the worker: before other code than its own runs in it, before it
 * starts programs, and before it sleeps. */
void processor_free(void);

#endif
