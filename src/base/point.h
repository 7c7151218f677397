/* SPDX-License-Identifier: MIT */
/*
 * point.h - named places where a process may be killed or delayed on
 * purpose.
 *
 * Between any two steps of the lock-free protocol stands a point.  In a
 * normal build it is nothing; with --enable-points it may kill the process
 * or make it sleep, by a seeded lottery that SHMRUN_POINTS describes
 * ("SEED:KILL:DELAY[:NAME]", one in KILL or DELAY visits, 0 = never).
 * Random kills from outside rarely hit these windows; kills here do.
 */
#ifndef BASE_POINT_H
#define BASE_POINT_H

#if ENABLE_POINTS
void point_hit(const char *name);
#define point(name) point_hit(#name)
#else
#define point(name) ((void)0)
#endif

#endif
