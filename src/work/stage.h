/* SPDX-License-Identifier: MIT */
/*
 * stage.h - what test code sees of us while it runs: the context, the ops
 * behind the checks, and the way out of a test that must end.
 *
 * One per process, because a suite's calls carry no handle.  Worker and test
 * child only.  The checks may be called from any thread of the test; only
 * the main thread may be thrown out of it (PIT-3), and a process that a test
 * forked writes nothing of ours (PIT-2).
 */
#ifndef WORK_STAGE_H
#define WORK_STAGE_H

#include "lockfree/atom.h"
#include "model/outcome.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct adapter_end;
struct adapter_suite;
struct shmrun_fixture_;

/* Finds the bytes of a run fixture; NULL when there are none. */
typedef const void *(*stage_data_fn)(void *ctx,
				     const struct shmrun_fixture_ *fixture);

/* Once per worker. */
void stage_open(uint32_t slot, uint32_t generation, const char *run_id,
		int notes_fd, stage_data_fn data, void *data_ctx);
/* Where notes go; -1 = they are lost. */
void stage_use_notes(int notes_fd);
/* Points a suite's calls here. */
void stage_bind(const struct adapter_suite *suite);

/* Opens the stage for one attempt; name without index stays the caller's.
 * indexed: instances are called name[index]. */
void stage_begin(uint32_t position, uint32_t index, uint32_t attempt,
		 const char *name, bool indexed);
/* Behind stage_begin(), where tests are repeated: which time it is, from 1. */
void stage_iterate(uint32_t iteration);
/* What a test child leaves behind, whatever becomes of it: written as it
 * happens, read by the worker when the child is reaped. */
struct stage_tally {
	struct atom32 n_failures; /* any thread of the test may count */
	struct atom32 n_faults;	  /* those in fixtures, for adapters */
	uint32_t phase;		  /* enum adapter_phase; main thread only */
	uint32_t skipped;
};
/* In a fresh test child: this process, pid, is the test now, and counts in
 * *tally too. */
void stage_adopt(pid_t pid, struct stage_tally *tally);
/* From now on failures are a fixture's: their notes say error. */
void stage_in_fixture(bool in_fixture);

/* Calls fn; returns when it returns or is left by a require or skip. */
void stage_call(void (*fn)(void));
void stage_call_data(void (*fn)(void *), void *data);
void stage_call_const(void (*fn)(const void *), const void *data);

/* "file:line: check" of the last failure in a fixture; "" = none yet. */
#define STAGE_FAULT_CAP 160
const char *stage_fault(void);
uint32_t stage_failures(void); /* since stage_begin() */
bool stage_is_skipped(void);
enum outcome stage_verdict(void); /* of a body that came to its end */
/* Behind stage_begin(), for a test that an adapter runs. */
void stage_begin_adapted(void);
/* What came of a test that an adapter has run here; or in a child. */
void stage_end(struct adapter_end *end);
void stage_end_of(const struct stage_tally *tally, struct adapter_end *end);
/* For a signal handler: the position that runs, and where on the stack its code
 * was called from; 0 = not known. */
uint32_t stage_position(void);
uintptr_t stage_floor(void);
uint32_t stage_attempt(void); /* from 0 */
uint32_t stage_iteration(void); /* from 1 */
/* Is this still the process that called stage_open() or stage_adopt()? */
bool stage_is_own(void);

/* Before the first point of a program; a point, as event.h describes its
 * text; false when there are too many; and how many there are. */
void stage_begin_points(void);
bool stage_point(uint32_t kind, const char *file, uint32_t line,
		 const char *text);
uint32_t stage_points(void);

/* A note of the worker's own about the running test. */
void stage_note(uint32_t kind, const char *file, uint32_t line,
		const char *text);

#endif
