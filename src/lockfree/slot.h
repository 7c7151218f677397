/* SPDX-License-Identifier: MIT */
/*
 * slot.h - what a slot's worker is doing, in one word, so that after its
 * death one position has to be judged and not all (LF-7).
 *
 *	IDLE -> CLAIM(p)	announced before p is taken from anywhere
 *	CLAIM(p) -> RUN(p)	p is claimed; the body is entered next
 *	RUN(p) -> FIN(p, outcome)	by the worker, CAS: it ended in time
 *	RUN(p) -> KILL(p)	by the runner, CAS: it ran out of time (LF-13)
 *	FIN -> IDLE or CLAIM	after the record is published
 *	IDLE, CLAIM(p) -> TEARDOWN(p) -> back	fixtures are torn down
 *	IDLE -> LEFT		everything is torn down; the process ends now
 *
 * Who may write: the slot's worker; the runner RUN -> KILL, and all of it
 * while the slot has no worker.  Who reads: the runner, `shmrun top`.
 *
 * What a death means is the table in run/bury.c.
 */
#ifndef LOCKFREE_SLOT_H
#define LOCKFREE_SLOT_H

#include "lockfree/atom.h"

enum phase {
	PHASE_IDLE = 0,
	PHASE_CLAIM = 1,
	PHASE_RUN = 2,
	PHASE_KILL = 3,
	PHASE_FIN = 4, /* the outcome stands in `outcome` */
	PHASE_TEARDOWN = 5,
	PHASE_LEFT = 6, /* the one good end of a worker (PROC-15) */
};

/* position:32 phase:4 outcome:4 seq:24 */
struct current_word {
	uint32_t position;
	enum phase phase;
	uint32_t outcome;
	uint32_t seq; /* counts announcements: tells two runs of p apart */
};

static inline uint64_t current_pack(struct current_word c)
{
	return (uint64_t)c.position | (uint64_t)(c.phase & 15u) << 32 |
	       (uint64_t)(c.outcome & 15u) << 36 |
	       (uint64_t)(c.seq & 0xffffffu) << 40;
}

static inline struct current_word current_unpack(uint64_t word)
{
	return (struct current_word){
		.position = (uint32_t)word,
		.phase = (enum phase)(word >> 32 & 15u),
		.outcome = (uint32_t)(word >> 36) & 15u,
		.seq = (uint32_t)(word >> 40) & 0xffffffu,
	};
}

static inline struct current_word current_load(const struct atom64 *current)
{
	return current_unpack(atom64_load_acquire(current)); /* C1 */
}

/* The worker's plain steps; RUN -> FIN is current_try_end(). */
static inline void current_store(struct atom64 *current, struct current_word c)
{
	atom64_store_release(current, current_pack(c)); /* C2 */
}

/* Both ways out of RUN are one compare-and-swap: either the test ended in
 * time or the runner decided that it did not, never both. */
static inline bool current_try_end(struct atom64 *current,
				   struct current_word run, enum phase phase,
				   uint32_t outcome)
{
	uint64_t expected = current_pack(run);

	run.phase = phase;
	run.outcome = outcome;
	return atom64_cas_acq_rel(current, &expected,
				  current_pack(run)); /* C3 */
}

#endif
