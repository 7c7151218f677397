/* SPDX-License-Identifier: MIT */
/*
 * world.h - what run_tests() sees instead of processes: a loader and workers
 * that are played one step at a time, and a clock that is moved.
 *
 * The whole of src/run is the real one.  It is wrapped at the linker
 * (local.mk): loop_wait() hands the control to the target, which plays the
 * others; clock_gettime() tells the world's time; a signal to a pidfd ends a
 * player; the second loader is played as the first.  Everything else goes
 * through the real doors: messages over the socket, the arena by its
 * descriptor, a worker's end by its message.
 *
 * A player does what src/work does, through src/lockfree, and is as careful
 * as it is with what it reads.  One world at a time.
 */
#ifndef TESTS_FUZZ_WORLD_H
#define TESTS_FUZZ_WORLD_H

#include "run/run.h"
#include "shm/arena.h"
#include "work/claim.h"

#include <sys/types.h>

#define WORLD_SLOTS 3u
#define WORLD_POSITIONS 24u
#define WORLD_FIXTURES 2u

/* A worker, or its slot without one. */
struct player {
	enum player_state {
		PLAYER_NONE,
		PLAYER_ASKED, /* WIRE_FORK has come and is not answered */
		PLAYER_LIVE,
		PLAYER_DEAD,  /* WIRE_GONE has not been sent */
	} state;
	enum player_at {
		AT_DOOR, /* until the runner admits it */
		AT_REST,
		AT_PARK,
		AT_CLAIM,  /* announced and taken */
		AT_START,  /* claimed */
		AT_SET_UP, /* RUN; run fixtures are missing */
		AT_FILL,   /* ... and one is this player's */
		AT_BODY,
		AT_FALL, /* it takes a run fixture down */
		AT_RECORD, /* FIN; the record waits for room */
	} at;
	uint32_t slot, generation, flags;
	int spool_fd, notes_fd;
	int life_fd; /* a pipe; its other end is the pidfd */
	ino_t life;  /* and how to know it again */
	int pidfd;   /* until WIRE_STARTED takes it; -1 then */
	uint64_t forked_ns;
	int status;  /* as waitpid(2) says it */
	bool frozen; /* does nothing any more */
	bool deaf;   /* no signal but SIGKILL */
	bool set_up; /* run fixtures are there, or have failed */
	bool retire;
	uint32_t position, attempt, key, fixture;
	enum outcome outcome; /* of the test that ended */
	uint64_t parked_ns, output;
	struct slot *self;
	struct claimer claim;
	struct results_writer results;
};

/* What the world knows of a position, against what the run tells of it. */
struct fate {
	uint32_t n_entered;
	uint32_t n_told;
	enum outcome ended; /* the first FIN; OUTCOME_NONE before */
	bool passed;	    /* one FIN was a pass */
	bool forged; /* the arena held a pass that nobody made */
	bool crashed; /* and its end was noted when the loader died */
	enum outcome told;
};

struct world {
	struct loader loader; /* the runner's */
	int loader_end;	      /* the other end of its socket; -1 = it died */
	int loader_life;
	ino_t loader_ino;
	int doorbell_fd;
	bool attached;
	struct arena_layout layout;
	struct arena arena;
	struct catalog catalog;
	struct player players[WORLD_SLOTS];
	struct fate fates[WORLD_POSITIONS];
	uint32_t n_positions, n_slots, n_fixtures;
	uint32_t locked_from, locked_to; /* these hold one lock */
	uint32_t wide, alone;		 /* nothing may run beside these */
	uint32_t n_fell[WORLD_FIXTURES];
	uint64_t now_ns;
	bool spoke, rang, signalled; /* what wakes the loop */
	bool restart_fails;
	uint32_t n_deaths; /* of players and loaders, and refused forks */
	uint32_t n_loader_deaths;
	bool tampered; /* anything was written that no player writes */
	bool lied;     /* the loader said what is not so */
};

extern struct world world;

/* What happens while the runner waits; sleeps until something wakes it. */
void world_turn(uint64_t timeout_ns);

void world_open(void);
void world_close(void);

/* ---- the loader ------------------------------------------------------ */

/* Takes in what the runner has sent. */
void world_hear(void);
void world_send(const struct wire_head *head, const int *fds, int n_fds);
/* Forks it; once more: tells the runner, as late as the loader does. */
void world_start(struct player *p);
void world_refuse(struct player *p);
/* succeeded: and its successor is forked unasked, if a signal ended it. */
void world_bury(struct player *p, bool succeeded);
void world_kill_loader(void);
/* Answers everything. */
void world_serve(void);

/* ---- players --------------------------------------------------------- */

/* One step; the body's outcome is the caller's. */
void player_step(struct player *p, enum outcome outcome);
void player_die(struct player *p, int status);

#endif
