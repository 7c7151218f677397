/* SPDX-License-Identifier: MIT */
/*
 * layout.h - the only structs that several processes share.
 *
 * Included by src/shm, src/run, src/work and their tests; nobody else.
 *
 *	catalog (sealed, read only for all)	arena (writable)
 *	+--------------------+			+--------------------------+
 *	| catalog_header     |			| arena_header     runner  |
 *	| segments           |			+--------------------------+
 *	| tests              |			| gate             all     |
 *	| fixtures           |			+--------------------------+
 *	| parts              |			| ring    runner, workers  |
 *	| bounds             |			+--------------------------+
 *	| turns              |			| deques    a line each    |
 *	| sums of costs      |			+--------------------------+
 *	+--------------------+			| cursors   a line a part  |
 *	| terms, texts       |			+--------------------------+
 *	+--------------------+
 *						| slots     a page each    |
 *						+--------------------------+
 *						| states  8 bytes a test   |
 *						+--------------------------+
 *						| result cells, per slot   |
 *						+--------------------------+
 *						| fixture controls         |
 *						+--------------------------+
 *						| holdings    two a slot   |
 *						+--------------------------+
 *						| fixture data, own pages  |
 *						+--------------------------+
 *
 * No pointers: offsets with a type of their own, and indices.  Parts start
 * on pages of their own.  What each structure looks like after a death at
 * any step is in doc/SHM.md.
 */
#ifndef SHM_LAYOUT_H
#define SHM_LAYOUT_H

#include "lockfree/cursor.h"
#include "lockfree/deque.h"
#include "lockfree/gate.h"
#include "lockfree/results.h"
#include "lockfree/ring.h"
#include "lockfree/slot.h"
#include "lockfree/state.h"
#include "model/plan.h"

#include <stddef.h>

#define SHM_MAGIC UINT64_C(0x314e55524d48535f) /* "_SHMRUN1" */
#define SHM_VERSION 3u
#define SHM_PAGE 4096u

/* A distance in bytes from the start of its memory. */
struct shm_off {
	uint64_t v;
};

/* Where everything in the arena is.  Computed by the runner, stored in the
 * sealed catalog, so workers need not believe the arena about itself. */
struct arena_layout {
	uint32_t n_positions;
	uint32_t n_slots;
	uint32_t ring_cap;    /* cells, a power of two */
	uint32_t results_cap; /* records per slot, a power of two */
	uint32_t n_fixtures;
	uint32_t n_parts;
	struct shm_off gate;
	struct shm_off ring;
	struct shm_off deques;
	struct shm_off cursors;
	struct shm_off slots;
	struct shm_off states;
	struct shm_off cells;
	struct shm_off controls;
	struct shm_off holdings;
	struct shm_off data; /* of fixtures; mapped apart */
	uint64_t size;
};

/* For `shmrun top` and for people with a hex dump; workers do not read it. */
struct arena_header {
	uint64_t magic;
	uint32_t version;
	uint32_t runner_pid;
	struct arena_layout layout;
};

/* One worker's page. */
struct slot {
	struct atom64 current;	/* slot.h */
	struct atom64 start_ns; /* when RUN began; the worker */
	struct atom64 output;	/* where its output begins; the worker */
	struct atom32 parked;	/* asleep at the gate; the worker */
	struct atom32 admitted; /* generation + 1; futex; the runner */
	struct atom64 holds;	/* fixture_bit() of run fixtures; the worker */
	struct atom32 part;	/* it is on, + 1; 0 = none; the worker */
	struct atom32 resting;	/* claims nothing before it has read the signs
				   again; the worker */
	struct atom32 folder;	/* of its tests: folders.h; the worker */
	struct atom32 pid;	/* its own, before it claims; the worker */
	struct atom64 end;	/* arena_note_end(); the loader, by pwrite(2) */
	char pad0[ATOM_APART - 64];
	struct results results;
	char pad1[SHM_PAGE - ATOM_APART - sizeof(struct results)];
};

/* A slot's deque, apart from its page: a thief looks at all of them, and each
 * page that it sees for the first time is a fault. */
struct slot_deque {
	struct deque deque; /* owner, thieves; the runner before the start */
	struct deque held;  /* bound; owner; the runner while it is dead */
	struct deque inbox; /* the runner puts; owner, thieves, runner take */
	char pad[ATOM_APART - 3 * sizeof(struct deque)];
};

_Static_assert(sizeof(struct slot) == SHM_PAGE, "a slot is a page");
_Static_assert(offsetof(struct slot, results) == ATOM_APART, "tail's line");
_Static_assert(sizeof(struct slot_deque) == ATOM_APART, "a line each");

/* What a gated unit that was handed out holds, for its tests to ask (LOCK-5).
 * The runner writes it in front of the hand-out; a worker reads it while one
 * of these positions runs. */
#define HOLDINGS_PER_SLOT 2u
#define HOLDING_UNITS_MAX 14u

struct holding {
	struct atom64 range; /* of positions; 0 = unused */
	struct atom32 n_units;
	struct atom32 zero[3];
	struct held_unit {
		struct atom64 name; /* of its lock: id_bytes() */
		struct atom32 number;
		struct atom32 zero;
	} units[HOLDING_UNITS_MAX];
	char pad[8];
};

_Static_assert(sizeof(struct holding) == 2 * ATOM_APART, "two lines each");

/* A run fixture: set up once, by the first worker that needs it.
 *
 *	NONE --worker, CAS--> BUSY(slot, generation) --> READY or FAILED
 *	READY --runner, the last test of its suite has ended--> ENDING:
 *		workers leave their own fixtures of that suite
 *	ENDING --runner, no worker has any--> DUE
 *	DUE --worker, between two tests--> FALLING(slot, generation) --> DOWN
 *	READY, ENDING, DUE --the worker made for it, at the end--> FALLING
 *	BUSY --runner, its owner died--> NONE (once) or FAILED
 *	FALLING --runner, its owner died--> DOWN, and that is told
 *
 * word: state:4 tries:4 slot:16 generation:16 */
enum fixture_state {
	FIXTURE_NONE = 0,
	FIXTURE_BUSY = 1,
	FIXTURE_READY = 2,
	FIXTURE_FAILED = 3,
	FIXTURE_DOWN = 4,
	FIXTURE_ENDING = 5,
	FIXTURE_DUE = 6,
	FIXTURE_FALLING = 7,
};

struct fixture_control {
	struct atom64 word;
	struct atom32 bell; /* futex: counts changes of word */
	char pad[ATOM_APART - 12];
};

_Static_assert(sizeof(struct fixture_control) == ATOM_APART, "a line each");

#define FIXTURE_TRIES 2u

/* In slot.holds: worker or scope fixtures of its suite are up in that worker.
 * Fixtures that share a bit wait for each other's suites. */
static inline uint64_t fixture_bit(uint32_t ix)
{
	return UINT64_C(1) << ix % 64;
}

struct fixture_word {
	enum fixture_state state;
	uint32_t tries;
	uint32_t slot;
	uint32_t generation;
};

static inline uint64_t fixture_pack(struct fixture_word w)
{
	return (uint64_t)(w.state & 15u) | (uint64_t)(w.tries & 15u) << 4 |
	       (uint64_t)(w.slot & 0xffffu) << 8 |
	       (uint64_t)(w.generation & 0xffffu) << 24;
}

/* Set up and not being torn down. */
static inline bool fixture_is_up(enum fixture_state state)
{
	return state == FIXTURE_READY || state == FIXTURE_ENDING ||
	       state == FIXTURE_DUE;
}

static inline struct fixture_word fixture_unpack(uint64_t word)
{
	return (struct fixture_word){
		.state = (enum fixture_state)(word & 15u),
		.tries = (uint32_t)(word >> 4) & 15u,
		.slot = (uint32_t)(word >> 8) & 0xffffu,
		.generation = (uint32_t)(word >> 24) & 0xffffu,
	};
}

/* ---- catalog --------------------------------------------------------- */

#define CATALOG_RUN_ID_CAP 40

struct catalog_header {
	uint64_t magic;
	uint32_t version;
	uint32_t n_positions;
	uint32_t n_segments;
	uint32_t n_tests;
	uint32_t n_fixtures;
	uint32_t jobs;
	uint32_t recycle_on_failure;
	uint32_t chains; /* a bound unit is a chain: struct plan */
	uint32_t n_parts;
	uint32_t n_bounds;
	uint32_t batch_max; /* 0 = no limit, 1 = one by one (BATCH-4) */
	uint32_t max_fail;  /* 0 = never stops (STOP-1) */
	uint32_t ring_from, ring_to; /* the end of these is told at once */
	uint32_t pinned; /* what is put into an inbox is for that slot alone */
	uint32_t n_turns; /* only where they are iterations */
	struct shm_off segments;
	struct shm_off tests;
	struct shm_off fixtures;
	struct shm_off parts;  /* struct part */
	struct shm_off bounds; /* struct bound */
	struct shm_off turns;  /* struct turn */
	struct shm_off sums;   /* n_positions + 1; if plan_has_setups() */
	struct shm_off terms;  /* struct catalog_terms, as tests */
	struct shm_off texts;  /* terminated; the first is empty */
	uint64_t size;
	struct arena_layout arena;
	char run_id[CATALOG_RUN_ID_CAP];
	uint32_t debugged; /* a debugger comes: no groups, no capture */
	uint32_t recycle_after; /* tests, in one worker; 0 = never (CRASH-5) */
	uint32_t list_len; /* slots begin theirs step by step together: gun.h */
	uint32_t zero;
	uint64_t check; /* XXH3-64 of all before it */
};

/* Can this be what is left of a part? */
static inline bool part_is_sane(const struct part *part, struct range left)
{
	return left.lo >= part->lo && left.lo < left.hi && left.hi == part->hi;
}

struct catalog_test {
	uint32_t suite_ix;
	uint32_t entry_ix; /* in the loader's table of that suite */
	uint8_t isolate;   /* enum isolate, never ISOLATE_AUTO */
	uint8_t indexed;
	int16_t signal;	   /* expected end, 0 none */
	int32_t exit_code; /* expected end, 0 none */
};

/* What a test may want to know of itself, apart from what is needed to run it
 * (VAR-9 to VAR-11). */
struct catalog_terms {
	uint64_t timeout_ns;   /* of an attempt; 0 = none */
	uint32_t max_attempts; /* from 1 */
	uint32_t weight;       /* from 1 */
	uint64_t locks;	       /* as the attribute has them; in texts */
};

struct catalog_fixture {
	uint32_t suite_ix;
	uint32_t fixture_ix; /* in the loader's table of that suite */
	uint64_t data;	     /* offset behind arena_layout.data */
	uint64_t size;	     /* bytes */
};

_Static_assert(sizeof(struct segment) == 12, "shared layout");
_Static_assert(sizeof(struct turn) == 8, "shared layout");
_Static_assert(sizeof(struct part) == 16, "shared layout");
_Static_assert(sizeof(struct bound) == 8, "shared layout");
_Static_assert(sizeof(struct catalog_test) == 16, "shared layout");
_Static_assert(sizeof(struct catalog_terms) == 24, "shared layout");
_Static_assert(sizeof(struct catalog_fixture) == 24, "shared layout");

#endif
