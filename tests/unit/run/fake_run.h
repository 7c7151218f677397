/* SPDX-License-Identifier: MIT */
/*
 * fake_run.h - a run without a loader and without processes: a real arena, a
 * real struct run, and a test that plays loader and workers.
 *
 * The plan is one range, "Range::all[0]" .. , dealt to nobody: a test feeds
 * what it wants.  The loader is the other end of a socket.  A fake worker
 * does what src/work does, one step at a time, through src/lockfree; it dies
 * by not taking the next step.  Everything that the run tells is kept.
 */
#ifndef TESTS_RUN_FAKE_RUN_H
#define TESTS_RUN_FAKE_RUN_H

#include "run/run_impl.h"

#include <sys/types.h>

#define FAKE_NOW_NS UINT64_C(5000000000)
#define FAKE_FIXTURES 2u
#define FAKE_PARTS 3u
#define FAKE_EXITED(status) ((status) << 8) /* as waitpid(2) says it */
#define FAKE_KILLED(signo) (signo)

/* An event, with copies of what it pointed to. */
struct heard {
	enum event_kind kind;
	struct event_test test; /* pointers are NULL */
	struct event_slow slow;
	struct event_fixture fixture;
	struct event_relayed relayed; /* its text is in `output` */
	struct event_worker worker;
	size_t n_running;
	/* Of a test: a line "KIND file:line text" per note, KIND being f, s,
	 * e or r.  Of others: the text. */
	char text[2048];
	char output[256];
};

struct fake_run {
	struct run run;
	struct run_args args;
	struct listing listing;
	struct plan plan;
	struct fixture_list fixtures;
	struct loader loader;
	struct sink sink;
	int loader_end;
	struct heard *heard;
	size_t n_heard, cap_heard;
};

void fake_run_open(struct fake_run *f, uint32_t n_positions, uint32_t n_slots);
void fake_run_close(struct fake_run *f);

/* What was heard of a position; NULL before its end.  It must not have ended
 * twice. */
const struct heard *fake_run_told(const struct fake_run *f, uint32_t position);
/* How many events of a kind, and the last of them (NULL = none). */
size_t fake_run_count(const struct fake_run *f, enum event_kind kind);
const struct heard *fake_run_last(const struct fake_run *f,
				  enum event_kind kind);

struct state_word fake_run_state(const struct fake_run *f, uint32_t position);
void fake_run_set_state(struct fake_run *f, uint32_t position, uint64_t raw);
/* Does the ring or the backlog lead to this position? */
bool fake_run_is_fed(struct fake_run *f, uint32_t position);
/* Takes the next range out of the ring. */
bool fake_run_take(struct fake_run *f, struct range *r);

/* LF-1, SHM-1: plays the rest of the run with fresh workers and a sweep, and
 * checks that each position ends exactly once. */
void fake_run_finish(struct fake_run *f);

/* ---- workers --------------------------------------------------------- */

struct fake_worker {
	struct fake_run *fake;
	struct slot *shared;
	struct results_writer results;
	uint32_t slot, generation, seq;
	uint32_t attempt; /* of what it claimed last */
};

/* Through crew_start(); the slot is STARTING. */
struct fake_worker fake_worker_ask(struct fake_run *f, uint32_t slot);
/* The same, and the loader's answer; the slot is LIVE then.
 * pidfd: -1 = none. */
struct fake_worker fake_worker_start(struct fake_run *f, uint32_t slot,
				     int pidfd);
/* In a fork: the rest of a process to be killed.  It ends by itself after a
 * while, so that a test that does not kill it fails and does not hang. */
no_return void fake_process(void);
/* The loader's word that it is gone, with a wait status. */
void fake_worker_gone(struct fake_worker *w, int status);

void fake_worker_announce(struct fake_worker *w, uint32_t position);
bool fake_worker_claim(struct fake_worker *w, uint32_t position);
void fake_worker_enter(struct fake_worker *w, uint32_t position);
bool fake_worker_end(struct fake_worker *w, uint32_t position,
		     enum outcome outcome);
/* A record as a worker would write it now. */
struct record fake_worker_record(const struct fake_worker *w,
				 uint32_t position, enum outcome outcome);
/* Publishes it, with a fitting checksum. */
void fake_worker_push(struct fake_worker *w, struct record record);
void fake_worker_rest(struct fake_worker *w);
/* Everything is torn down: the one good end. */
void fake_worker_leave(struct fake_worker *w);

/* announce, claim, enter */
void fake_worker_begin(struct fake_worker *w, uint32_t position);
/* all of it; the record waits in the ring */
void fake_worker_run(struct fake_worker *w, uint32_t position,
		     enum outcome outcome);

void fake_worker_print(struct fake_worker *w, const char *text);
void fake_worker_note(struct fake_worker *w, uint32_t position, uint32_t kind,
		      const char *text);
/* As work_park(): up to the sleep. */
void fake_worker_park(struct fake_worker *w);

#endif
