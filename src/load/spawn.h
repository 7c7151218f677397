/* SPDX-License-Identifier: MIT */
/*
 * spawn.h - the loader's workers: fork one, notice its end, clean up behind
 * it.
 *
 * A worker leads a process group of its own and dies with the loader.  Its
 * end is told to the runner only after everything it left is dead too:
 * descendants may hold the arena.
 */
#ifndef LOAD_SPAWN_H
#define LOAD_SPAWN_H

#include "suite/heritage.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct rusage;

struct spawned {
	pid_t pid; /* 0 = free */
	uint32_t slot;
	uint32_t generation;
};

#define SPAWN_OWNED_MAX 64
#define SPAWN_FEW 64

struct spawn {
	struct spawned *workers; /* a place for each slot */
	uint32_t n;
	uint32_t found; /* a hint: the place found last */
	int children_fd; /* the kernel's list of our children; -1 */
	struct spawned few[SPAWN_FEW];
	pid_t owned[SPAWN_OWNED_MAX]; /* made by constructors */
	int n_owned;
};

/* Forks a worker; in the child it does not return.  pid or -errno. */
pid_t spawn_fork(struct spawn *s, const struct heritage *heritage,
		 const struct heritage_door *door);

/* Finds one ended worker: true, with its place, wait status and what it used,
 * once nothing of it is left but itself: if the loader dies now, the runner
 * finds it. */
bool spawn_find_dead(struct spawn *s, struct spawned *who, int *status,
		     struct rusage *used);
/* Before that is said: then its number is nobody's. */
void spawn_reap(struct spawn *s, const struct spawned *who);

/* Every child there is now belongs to a suite. */
void spawn_accept(struct spawn *s);

/* Before the first worker. */
void spawn_open(struct spawn *s, uint32_t n_slots);

/* Kills every child there is and waits for them, at most about a second, or
 * ten where they go on by forking (fell.h).  False when some are left. */
bool spawn_kill_all(void);

#endif
