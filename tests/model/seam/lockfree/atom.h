/* SPDX-License-Identifier: MIT */
/*
 * atom.h - stands in for src/lockfree/atom.h when the model is built.
 *
 * The same names and types; each operation becomes a step of the explorer
 * (tests/model/memory.h), which knows it by file and line and so by its tag.
 * The words themselves hold nothing: values live in the model.
 */
#ifndef LOCKFREE_ATOM_H
#define LOCKFREE_ATOM_H

#include "tests/model/memory.h"

#include <stdbool.h>
#include <stdint.h>

struct atom32 {
	uint32_t bare;
};

struct atom64 {
	uint64_t bare;
};

#define ATOM_APART 128

/* One record of where a call stands, made once. */
#define MODEL_HERE                                                            \
	({                                                                    \
		static struct site here_ = { .file = __FILE__,                \
					     .line = __LINE__ };              \
		&here_;                                                       \
	})

#define atom32_load_relaxed(a)                                                \
	((uint32_t)memory_load(&(a)->bare, ORDER_RELAXED, MODEL_HERE))
#define atom32_load_acquire(a)                                                \
	((uint32_t)memory_load(&(a)->bare, ORDER_ACQUIRE, MODEL_HERE))
#define atom64_load_relaxed(a)                                                \
	memory_load(&(a)->bare, ORDER_RELAXED, MODEL_HERE)
#define atom64_load_acquire(a)                                                \
	memory_load(&(a)->bare, ORDER_ACQUIRE, MODEL_HERE)

#define atom32_store_relaxed(a, value)                                        \
	memory_store(&(a)->bare, (uint32_t)(value), ORDER_RELAXED, MODEL_HERE)
#define atom32_store_release(a, value)                                        \
	memory_store(&(a)->bare, (uint32_t)(value), ORDER_RELEASE, MODEL_HERE)
#define atom64_store_relaxed(a, value)                                        \
	memory_store(&(a)->bare, (value), ORDER_RELAXED, MODEL_HERE)
#define atom64_store_release(a, value)                                        \
	memory_store(&(a)->bare, (value), ORDER_RELEASE, MODEL_HERE)

#define atom32_cas_acq_rel(a, expected, desired)                              \
	memory_cas32(&(a)->bare, (expected), (desired), MODEL_HERE)
#define atom64_cas_acq_rel(a, expected, desired)                              \
	memory_cas64(&(a)->bare, (expected), (desired), MODEL_HERE)

#define atom32_add_seq(a, n) memory_add32(&(a)->bare, (n), MODEL_HERE)
#define atom32_exchange_seq(a, value)                                         \
	memory_exchange32(&(a)->bare, (value), MODEL_HERE)

#define atom_fence_seq() memory_fence(MODEL_HERE)

static inline const uint32_t *atom32_word(const struct atom32 *a)
{
	return &a->bare;
}

#endif
