/* SPDX-License-Identifier: MIT */
/*
 * fixture.h - run, worker and scope fixtures: set up before the first test
 * that needs them, torn down when the worker leaves, or, of a suite with run
 * fixtures, when its last test has ended (NAT-12, SHM-9).
 *
 * Worker and scope fixtures live in this process.  A run fixture is set up by
 * the first worker that claims it in the arena; its bytes are mapped read-only
 * afterwards.  Test fixtures are body.h's.
 */
#ifndef WORK_FIXTURE_H
#define WORK_FIXTURE_H

#include "lockfree/slot.h"
#include "work/stage.h"

#include <stdbool.h>
#include <stdint.h>

struct worker;
struct errand;

enum fixture_mood {
	FIXTURE_UNSET,
	FIXTURE_UP,
	FIXTURE_BROKEN, /* its set-up failed: dependants are errors */
};

struct fixture_suite {
	enum fixture_mood worker; /* all worker fixtures of the suite */
	bool run_ready;		  /* all run fixtures of the suite */
	bool run_broken;
	uint32_t position;	  /* of a test in the suite */
	char fault[STAGE_FAULT_CAP]; /* of a broken one, for its dependants */
};

struct fixtures {
	struct fixture_suite *suites; /* one per suite */
	struct fixture_suite few[7];  /* where they are when they fit */
	uint32_t suite_ix, scope_ix;  /* the scope we are in */
	bool in_scope;
	enum fixture_mood scope;
	char scope_fault[STAGE_FAULT_CAP];
	uint32_t position;	      /* of a test in the scope */
	uint64_t spent_ns;	      /* stopwatch.h */
	bool teardown_failed;	      /* some teardown did */
	const char *data;	      /* of run fixtures, read-only */
};

/* Allocates; before the first test. */
void fixture_open(struct worker *w);

/* Everything the test needs but its own test fixtures.  False, with a note,
 * when one of them failed: the test is an error. */
bool fixture_enter(struct worker *w, const struct errand *e);

/* Waits while another worker sets a run fixture of the test's suite up. */
void fixture_await_run(struct worker *w, const struct errand *e);

/* Quick check that fixture_enter() has nothing to do. */
bool fixture_is_ready(const struct worker *w, const struct errand *e);

/* Before a test of another scope begins: out of the scope we are in. */
void fixture_leave_other(struct worker *w, const struct errand *e);
/* Out of the scope; out of the worker (both do nothing when not in). */
void fixture_leave_scope(struct worker *w);
void fixture_leave_worker(struct worker *w);

/* Between two tests, with GATE_RELEASE raised: leaves what no test needs any
 * more, and tears run fixtures down whose time has come. */
void fixture_release(struct worker *w);
/* Has fixture_release() anything to do? */
bool fixture_must_release(const struct worker *w);

/* In a worker made for it: tears every run fixture that is up down. */
void fixture_teardown_run(struct worker *w);

/* Around what is torn down.  A teardown that does not come to its end must not
 * look like a worker that left: it is announced, and only its end takes that
 * back. */
struct current_word fixture_begin_teardown(struct worker *w);
void fixture_end_teardown(struct worker *w, struct current_word before);

/* For stage.h: the bytes of a run fixture. */
struct shmrun_fixture_;
const void *fixture_data(void *worker, const struct shmrun_fixture_ *fixture);

#endif
