/* SPDX-License-Identifier: MIT */
/*
 * leaks.h - what a sanitizer's runtime in this process must be told, and asked,
 * if there is one: LeakSanitizer (alone or in AddressSanitizer) at the end of
 * each test, for workers do not end by exit(3).
 *
 * Only what a test's own code allocates can be its leak: the loader and
 * everything of ours is left out.  Nothing in any of it without a runtime.
 */
#ifndef SUITE_LEAKS_H
#define SUITE_LEAKS_H

#include <stdbool.h>

/* In the loader, at its start: what is allocated from now on is no leak. */
void leaks_open(void);

/* Is a runtime here that may start processes of its own; and one that starts
 * a thread with a test's first one? */
bool leaks_has_runtime(void);
bool leaks_has_thread(void);

/* In the loader, when all suites are there: can leaks be looked for?  Tries it
 * in a child.  False, and a runtime is there: *why says what is wrong. */
bool leaks_probe(const char **why);

/* Once, before the first program is started: where no process may trace another,
 * none that is started from here looks for leaks.  It would end as if its test
 * had failed; leaks_probe() tells instead. */
void leaks_spare_programs(void);

/* Around a test. */
void leaks_begin(void);
void leaks_end(void);
/* Looks for them, where a test has left anything allocated (heap.h); the runtime
 * reports on standard error what it finds. */
bool leaks_found(void);

/* Before a jump over frames of instrumented code. */
void leaks_before_jump(void);

#endif
