/* SPDX-License-Identifier: MIT */
/*
 * slim.h - a server's memory as its children need it: what a fork copies, and
 * what a child has to get by page faults, is the price of a test.
 *
 * Two children note which pages of code they come to, and which of the heap
 * they write; then the server's page tables are left with those, and the rest
 * of the heap becomes pages of a file, private as before (decision 0043).  What
 * is in memory stays the same: nothing is dropped that has no other copy, but
 * the stack below where the server stands.  Headers and constants of a file
 * become executable, as its code beside them.
 *
 * Called by a server of one thread only, and by its children.
 */
#ifndef SHIM_SLIM_H
#define SHIM_SLIM_H

#include <stdint.h>

/* In the server, before each fork. */
void slim_prepare(void);
/* In the child: before its test, with the function that has forked it, which
 * it needed before this; and where the test has ended. */
void slim_begin(uintptr_t born);
void slim_end(void);
/* There, too: memory that the test is going to write. */
void slim_fetch(const void *at, uintptr_t size);

#endif
