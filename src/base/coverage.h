/* SPDX-License-Identifier: MIT */
/*
 * coverage.h - the counters of a coverage build, where a process ends without
 * exit(3): they would be lost with it.
 *
 * Nothing in any other build.  _exit(2) keeps them by itself (coverage.c, by
 * the linker); this is for who makes the system call or raises a signal.
 */
#ifndef BASE_COVERAGE_H
#define BASE_COVERAGE_H

#if ENABLE_COVERAGE
void coverage_keep(void);
#else
static inline void coverage_keep(void)
{
}
#endif

#endif
