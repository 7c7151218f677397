/* SPDX-License-Identifier: MIT */
/*
 * heritage.h - all that a worker inherits from the loader.
 *
 * The loader fills it before the fork; everything else a worker learns from
 * the sealed catalog and the arena.  The descriptors become the worker's.
 */
#ifndef SUITE_HERITAGE_H
#define SUITE_HERITAGE_H

#include "base/compiler.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct catalog;
struct heritage;
struct adapter_suite;

/* Variables that name the temporary folder (VAR-12). */
#define HERITAGE_FOLDERS 3

/* Temporary folders; the same for all workers, and apart, as each fork copies
 * what is below. */
struct heritage_folders {
	const char *root;
	uint32_t keep; /* enum keep_folders */
	/* Where the folder's name stands in the environment; NULL = the user has
	 * put another one there. */
	char *names[HERITAGE_FOLDERS];
	char *path; /* one of those values */
};

#define HERITAGE_TEARDOWN 1u /* tear the run fixtures down, run nothing */
#define HERITAGE_DEBUGGED 2u /* no group of its own, no capture */

struct heritage {
	struct adapter_suite **suites;
	uint32_t n_suites;
	uint32_t slot;
	uint32_t generation;
	uint32_t flags;
	bool plain_exit; /* no atexit handlers: writing streams is enough */
	bool has_runtime; /* leaks.h: a sanitizer's */
	bool late_thread; /* which starts a thread with a test's first one */
	bool seeks_leaks; /* leaks.h: at the end of each test */
	bool plain_fork; /* no pthread_atfork handlers: _Fork() will do */
	const struct catalog *catalog; /* mapped and checked by the loader */
	char **wrapper; /* what programs are started by; NULL = nothing */
	char *env_slot;	      /* values in the environment, with room for */
	char *env_generation; /* any number; NULL = there are none */
	const struct heritage_folders *folders; /* NULL = there are none */
	int lowest_fd; /* heritage_lowest_fd() */
	void *arena_at; /* arena_place() */
	int arena_fd;
	int doorbell_fd; /* eventfd(2) of the runner */
	int wrecks_fd;	 /* what crashing tests leave */
	int spool_fd;	 /* stdout and stderr of the slot */
	int notes_fd;	 /* what the slot's tests have to say */
};

/* A worker's own descriptors live from this number on, below the limit and out
 * of the way of tests that open files: those get the lowest free ones. */
#define HERITAGE_OWN_FDS 5
int heritage_lowest_fd(void);

/* fork(2), the short way if that is the same. */
pid_t heritage_fork(bool plain);

/* Moves what differs from worker to worker into a page that each of them
 * writes anyway, and points *heritage there. */
void heritage_keep_environment(struct heritage *heritage);

/* The same of the temporary folders below the root: SHMRUN_TMPDIR and the others
 * name one of them. */
void heritage_keep_folders(struct heritage *heritage, const char *root,
			   uint32_t keep);

/* A worker's door: main.c hands it to the loader. */
struct heritage_door {
	/* In the loader: a suite's calls lead to the worker's answers. */
	void (*bind)(const struct adapter_suite *suite);
	/* In the loader, once, before the first worker. */
	void (*prepare)(void);
	/* And when no more wrecks are wanted. */
	void (*relax)(void);
	/* In a fresh fork; does not return. */
	void (*enter)(const struct heritage *heritage);
};

#endif
