/* SPDX-License-Identifier: MIT */
/*
 * atom.h - atomic words with the memory order in the name.
 *
 * The only file that sees <stdatomic.h>: the seam at which a model checker
 * takes the operations over, and at which --enable-yield lets others go first
 * (base/yield.h).  Works on memory shared between processes: the types are
 * lock-free (asserted).  Each call elsewhere carries a tag that
 * doc/ORDERING.md explains.
 */
#ifndef LOCKFREE_ATOM_H
#define LOCKFREE_ATOM_H

#include "base/yield.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Touched bare they would be atomic all the same, without a tag and unseen by
 * the model: nobody but this file does that. */
struct atom32 {
	_Atomic uint32_t bare;
};

struct atom64 {
	_Atomic uint64_t bare;
};

_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "32-bit atomics are lock-free");
_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "64-bit atomics are lock-free");
_Static_assert(sizeof(struct atom32) == 4, "an atom is its word");
_Static_assert(sizeof(struct atom64) == 8, "an atom is its word");

/* Distance at which two words are never on one line or on two lines that
 * are prefetched together. */
#define ATOM_APART 128

#define ATOM_DEFINE(bits)                                                     \
	static inline uint##bits##_t atom##bits##_load_relaxed(               \
		const struct atom##bits *a)                                   \
	{                                                                     \
		yield_hit();                                                  \
		return atomic_load_explicit(&a->bare, memory_order_relaxed);  \
	}                                                                     \
	static inline uint##bits##_t atom##bits##_load_acquire(               \
		const struct atom##bits *a)                                   \
	{                                                                     \
		yield_hit();                                                  \
		return atomic_load_explicit(&a->bare, memory_order_acquire);  \
	}                                                                     \
	static inline void atom##bits##_store_relaxed(struct atom##bits *a,   \
						      uint##bits##_t value)   \
	{                                                                     \
		yield_hit();                                                  \
		atomic_store_explicit(&a->bare, value, memory_order_relaxed); \
	}                                                                     \
	static inline void atom##bits##_store_release(struct atom##bits *a,   \
						      uint##bits##_t value)   \
	{                                                                     \
		yield_hit();                                                  \
		atomic_store_explicit(&a->bare, value, memory_order_release); \
	}                                                                     \
	/* Strong; *expected gets what was there when it fails. */            \
	static inline bool atom##bits##_cas_acq_rel(struct atom##bits *a,     \
						    uint##bits##_t *expected, \
						    uint##bits##_t desired)   \
	{                                                                     \
		yield_hit();                                                  \
		return atomic_compare_exchange_strong_explicit(               \
			&a->bare, expected, desired, memory_order_acq_rel,    \
			memory_order_acquire);                                \
	}                                                                     \
	static inline uint##bits##_t atom##bits##_add_seq(                    \
		struct atom##bits *a, uint##bits##_t n)                       \
	{                                                                     \
		yield_hit();                                                  \
		return atomic_fetch_add_explicit(&a->bare, n,                 \
						 memory_order_seq_cst);       \
	}                                                                     \
	static inline uint##bits##_t atom##bits##_exchange_seq(               \
		struct atom##bits *a, uint##bits##_t value)                   \
	{                                                                     \
		yield_hit();                                                  \
		return atomic_exchange_explicit(&a->bare, value,              \
						memory_order_seq_cst);        \
	}

ATOM_DEFINE(32)
ATOM_DEFINE(64)

static inline void atom_fence_seq(void)
{
	yield_hit();
	atomic_thread_fence(memory_order_seq_cst);
}

/* The word itself, for futex(2) only. */
static inline const uint32_t *atom32_word(const struct atom32 *a)
{
	return (const uint32_t *)&a->bare;
}

#endif
