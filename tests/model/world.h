/* SPDX-License-Identifier: MIT */
/*
 * world.h - an arena, a runner and workers, all in one process: src/run and
 * src/work as they are, over a kernel and a loader that are a few lines each.
 *
 * A scene calls world_begin() and then spawns the runner and what it needs.
 * Tests do nothing but count; a test's failure, its output and its time are
 * not the model's business.
 */
#ifndef TESTS_MODEL_WORLD_H
#define TESTS_MODEL_WORLD_H

#include "tests/model/explore.h"

#include "run/run_impl.h"
#include "work/worker.h"

#define WORLD_POSITIONS_MAX 8u
#define WORLD_SLOTS_MAX 3u
#define WORLD_NOW_NS UINT64_C(1000000000)

struct world_args {
	uint32_t n_positions, n_slots, ring_cap, results_cap, n_fixtures;
	uint32_t n_parts; /* of the plan, alike */
	uint32_t unit;	  /* positions in each bound unit; 0 = none are bound */
	uint64_t setup_ns; /* of each part; a test takes 1 */
	uint64_t timeout_ns; /* of a test; the runner ticks when it is set */
	bool mortal;	     /* workers may die */
	bool asked;	/* no worker is forked unasked, as for slots beyond the kept */
	bool held;	/* a worker's first look is for a bound range */
	bool worker_fixture; /* the suite has one */
	bool two_suites; /* the last test is of another suite, without fixtures;
			  * each slot is dealt its share, bound */
	bool copies; /* each slot is dealt its share, and they begin together */
	uint32_t n_gated; /* the last positions are: units of one test */
	uint32_t n_wide;  /* of them, again the last: of all slots */
	uint32_t n_units; /* of the lock that gated ones take one of; 0 = none */
	uint64_t first_ns; /* known of the first; a tenth of it of the others;
			    * 0 = nothing is known of any */
	uint32_t retries; /* of each test that fails */
	uint32_t n_flaky; /* the first positions fail the first time */
};

#define WORLD_LOCK "l"

/* What happened, for verify(). */
struct world {
	struct run run;
	uint32_t n_ran[WORLD_POSITIONS_MAX];   /* bodies entered */
	uint32_t order[WORLD_POSITIONS_MAX];   /* which of them, in time */
	uint32_t n_bodies;
	uint32_t n_ended[WORLD_POSITIONS_MAX]; /* terminal states told */
	enum outcome outcome[WORLD_POSITIONS_MAX];
	uint32_t n_warnings;
	uint32_t n_killed; /* workers, not by the runner */
	uint32_t n_set_up, n_begun_down, n_torn_down; /* fixtures */
	bool hang; /* a test's body is left by a death only */
	bool awaits_fall; /* so is the last one's, or when a run fixture fell */
	uint32_t n_run_fell; /* run fixtures */
	bool has_lock;
	int number[WORLD_POSITIONS_MAX]; /* the unit of it that the test had */
	uint32_t wide_from;		 /* positions */
	uint32_t retries, n_flaky;
};

extern struct world world;

void world_begin(const struct world_args *args);
/* Each position ended once, ran at most once for each attempt, and passes only
 * if it ran and did not fail before. */
void world_verify_ended(void);

/* A worker's handle, as after door_enter(). */
struct worker *world_worker(uint32_t slot, uint32_t generation);
/* A slot's first worker, known to the runner; main gets a struct worker. */
struct thread *world_spawn(uint32_t slot, void (*main)(void *arg));
bool world_is_mortal(void);
bool world_is_asked(void);
bool world_has_held(void);

/* ---- roles, in runner.c and worker.c --------------------------------- */

void runner_whole(void *arg);	 /* all of a run */
void runner_rest(void *arg);	 /* without feeding it */
void runner_turn(struct run *run);
void worker_begin(const struct arena_layout *layout, const struct plan *plan,
		  bool worker_fixture);
void worker_whole(void *arg);	 /* arg: struct worker */
void worker_stay(struct worker *w); /* the same, and never leaves */
void worker_once(struct worker *w); /* one test, if it finds any */
void worker_idle(struct worker *w);
void worker_heed(struct worker *w); /* between two tests */
/* All its fixtures are up, as behind a test that needs them. */
void worker_raise(struct worker *w);
bool worker_park(struct worker *w); /* not the first time in a row */
/* As one_record(): waits for room, publishes, rings. */
void worker_record(struct worker *w, uint32_t position);

/* ---- kernel.c, loader.c ---------------------------------------------- */

void kernel_begin(void);
uint64_t kernel_now(void);
enum rest kernel_rest(uint64_t timeout_ns);
/* The runner's clock moves when the runner looks. */
void kernel_advance(uint64_t ns);
void loader_begin(void);
struct thread *loader_fork(uint32_t slot, uint32_t generation, uint32_t flags,
			   void (*main)(void *arg));
bool loader_tears_down(void); /* the calling worker was made for that */
/* What the thread's end looks like to waitpid(2). */
void loader_set_status(int status);
void loader_ring(void);

#endif
