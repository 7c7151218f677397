/* SPDX-License-Identifier: MIT */
/*
 * heap.h - the objects that tests have allocated and not freed, by address.
 *
 * While there are none, none can have leaked: whoever would look for leaks
 * need not.  Called from within an allocator, by any thread, perhaps by a
 * signal handler in the middle of another call: it allocates nothing, and when
 * it cannot keep up it says so for good instead of being wrong.
 */
#ifndef SUITE_HEAP_H
#define SUITE_HEAP_H

#include <stdbool.h>

void heap_open(void);
void heap_add(const volatile void *object);
/* One that is not there, is none of theirs. */
void heap_drop(const volatile void *object);
/* Is there certainly none? */
bool heap_is_empty(void);

#endif
