/* SPDX-License-Identifier: MIT */
/*
 * threads.h - which library a thread belongs to that came with a suite
 * (PROC-13).
 *
 * Loader only.  From the stacks of the threads, as far as the kernel shows
 * where they are: a guess, for a sentence.
 */
#ifndef LOAD_THREADS_H
#define LOAD_THREADS_H

#include "base/err.h"

/* Why no worker can be forked behind that suite. */
void threads_refuse(const char *suite, struct err *err);

#endif
