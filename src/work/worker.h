/* SPDX-License-Identifier: MIT */
/*
 * worker.h - a worker's private state.  Included by src/work only.
 *
 * Everything shared is reached through the handles; nothing here is visible
 * to any other process.
 */
#ifndef WORK_WORKER_H
#define WORK_WORKER_H

#include "model/event.h"
#include "model/outcome.h"
#include "shm/arena.h"
#include "shm/catalog.h"
#include "suite/heritage.h"
#include "suite/adapter.h"
#include "work/capture.h"
#include "work/claim.h"
#include "work/fixture.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* What a descriptor leads to: numbers can be reused by a test. */
struct door_id {
	dev_t dev;
	ino_t ino;
};

/* meter.h */
struct meter {
	struct usage usage; /* of the test at hand */
	bool known;
	struct usage before; /* of the process, at at_ns */
	uint64_t at_ns;
};

struct worker {
	struct catalog catalog; /* the loader's mapping */
	struct arena arena;
	struct slot *self;
	struct claimer claim;
	struct results_writer results;
	struct adapter_suite **suites;
	uint32_t n_suites;
	struct fixtures fixtures;
	struct verdict *verdict; /* shared with test children; child.h */
	pid_t pid;
	uint32_t slot;
	uint32_t generation;
	uint32_t n_left;   /* tests until it retires; 0 = never */
	uint32_t segment;  /* the last one looked up: tests come in order */
	uint64_t now_ns;   /* end of the last test = start of the next */
	uint64_t onset_ns; /* when the body begins; 0 = at once: onset.h */
	struct capture capture;
	struct meter meter;
	struct door_id spool_id, notes_id, doorbell_id;
	int arena_fd;
	int doorbell_fd;
	int spool_fd;
	int notes_fd;
	bool retire; /* publish, then make room for a fresh worker */
	bool overslept; /* it saw by itself why it should have been woken */
	bool plain_fork; /* until test code ran in this process */
	bool plain_exit; /* heritage.h */
	bool has_runtime; /* heritage.h */
	bool late_thread; /* heritage.h; until it is there */
	bool holds; /* tests may hold units of locks: holding.h */
	/* Apart from plain_fork, which falls when this rises: compilers would
	 * store both at once from a constant on a page of its own. */
	bool dirty; /* test code ran in this process since the last fork */
	uint8_t unusual; /* what is not as it mostly is before a body: one look
			  * for all of it */
	char **wrapper; /* heritage.h */
#define UNUSUAL_FORWARDS 1u /* a SIGTERM handler for test children stands */
#define UNUSUAL_LEAKS 2u    /* leaks are looked for: heritage.h */
#define UNUSUAL_DEBUGGED 4u /* a debugger is waited for: debug.h */
#define UNUSUAL_ONSET 8u    /* copies of the test begin with it: onset.h */
};

/* The test at a position, as the worker needs it. */
struct errand {
	uint32_t position;
	uint32_t index;
	uint32_t attempt;
	uint32_t iteration; /* from 1 */
	const struct catalog_test *entry;
	const char *name; /* of the test, without an index */
	const struct adapter_suite *suite;
	const struct adapter_test *test;
};

/* What came of it, on its way into a record. */
struct finding {
	enum outcome outcome;
	uint32_t n_failures;
	int signo;	 /* a test child's death; 0 none */
	int exit_status; /* a test child's early exit; -1 none */
	bool leak;
	bool has_notes; /* even if it passed */
	bool unentered; /* a run, worker or scope fixture is broken */
	bool has_threads; /* that it left behind, and that may still write */
};

/* Not in the middle of a chain, whose state is in this process (CRASH-5). */
static inline bool worker_must_leave(const struct worker *w)
{
	return unlikely(w->retire) && (!w->catalog.header->chains ||
				       !claim_is_bound(&w->claim));
}

#endif
