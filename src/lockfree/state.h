/* SPDX-License-Identifier: MIT */
/*
 * state.h - one word per plan position: the only truth about who runs it.
 *
 *	PENDING(attempt) --worker, CAS--> CLAIMED(slot, generation, attempt)
 *	CLAIMED --runner, CAS--> DONE(outcome)		after a checked record
 *	CLAIMED --runner, CAS--> PENDING(attempt)	its worker died before
 *							the body was entered
 *	PENDING --runner, CAS--> DONE(notrun)		the run was cancelled
 *	DONE --runner, CAS--> PENDING(attempt + 1)	it is run once more
 *
 * Ring and deques only say where to look; two workers that look at one
 * position settle it here.  A fresh arena is all zero: PENDING, attempt 0.
 * Who may write: workers PENDING -> CLAIMED only, the runner the rest
 * (LF-12); all by compare-and-swap.
 */
#ifndef LOCKFREE_STATE_H
#define LOCKFREE_STATE_H

#include "lockfree/atom.h"

enum state {
	STATE_PENDING = 0,
	STATE_CLAIMED = 1,
	STATE_DONE = 2,
};

/* state:4 outcome:4 slot:16 attempt:8 generation:16 zero:16 */
struct state_word {
	enum state state;
	uint32_t outcome;
	uint32_t slot;
	uint32_t attempt;
	uint32_t generation;
};

static inline uint64_t state_pack(struct state_word w)
{
	return (uint64_t)(w.state & 15u) | (uint64_t)(w.outcome & 15u) << 4 |
	       (uint64_t)(w.slot & 0xffffu) << 8 |
	       (uint64_t)(w.attempt & 0xffu) << 24 |
	       (uint64_t)(w.generation & 0xffffu) << 32;
}

static inline struct state_word state_unpack(uint64_t word)
{
	return (struct state_word){
		.state = (enum state)(word & 15u),
		.outcome = (uint32_t)(word >> 4) & 15u,
		.slot = (uint32_t)(word >> 8) & 0xffffu,
		.attempt = (uint32_t)(word >> 24) & 0xffu,
		.generation = (uint32_t)(word >> 32) & 0xffffu,
	};
}

static inline uint64_t state_load(const struct atom64 *word)
{
	return atom64_load_acquire(word); /* S1 */
}

/* A worker's claim.  True: this slot and generation has the test, and
 * *attempt says which attempt it is. */
static inline bool state_try_claim(struct atom64 *word, uint32_t slot,
				   uint32_t generation, uint32_t *attempt)
{
	uint64_t seen = atom64_load_relaxed(word); /* S2 */
	struct state_word w = state_unpack(seen);

	if (w.state != STATE_PENDING)
		return false;
	*attempt = w.attempt;
	w.state = STATE_CLAIMED;
	w.slot = slot;
	w.generation = generation;
	return atom64_cas_acq_rel(word, &seen, state_pack(w)); /* S3 */
}

/* The runner's moves: from exactly this to exactly that. */
static inline bool state_try_move(struct atom64 *word, struct state_word from,
				  struct state_word to)
{
	uint64_t expected = state_pack(from);

	return atom64_cas_acq_rel(word, &expected, state_pack(to)); /* S4 */
}

#endif
