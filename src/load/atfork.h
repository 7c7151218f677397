/* SPDX-License-Identifier: MIT */
/*
 * atfork.h - may a fork skip pthread_atfork(3) handlers, because there are
 * none?
 *
 * _Fork(3) is fork(3) without them, and without the locks that only matter to
 * a process with threads; it saves a tenth of an empty forked test.  Whoever
 * registers a handler does it through one symbol, so it is enough to look
 * whether any loaded object has a relocation for it.
 */
#ifndef LOAD_ATFORK_H
#define LOAD_ATFORK_H

#include <stdbool.h>

/* True when no object in this process can have registered a handler, and none
 * is a sanitizer's runtime, which replaces fork(3). */
bool atfork_is_unused(void);

/* True when exit(3) has nothing to do but to write out streams: nobody can
 * have registered a function, and no object has one of its own.  A third of an
 * empty forked test of Criterion is what exit(3) costs otherwise. */
bool atfork_exit_is_plain(void);

#endif
