/* SPDX-License-Identifier: MIT */
/*
 * memory.h - shared memory as C11 describes it, one operation at a time.
 *
 * Each word has a history of messages, in modification order.  A thread has a
 * view: per word the oldest message it may still read.  A release store hands
 * the writer's view to whoever acquires the message; a seq_cst fence trades
 * views with a global one.  So a relaxed load may see the past until
 * something orders it.  What this cannot show is in doc/ORDERING.md.
 *
 * Operations come from the seam (seam/lockfree/) and from the fakes of the
 * kernel; each is one step of the explorer, which picks who is next.
 */
#ifndef TESTS_MODEL_MEMORY_H
#define TESTS_MODEL_MEMORY_H

#include "tests/model/site.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum order {
	ORDER_RELAXED = 0,
	ORDER_ACQUIRE = 1,
	ORDER_RELEASE = 2,
	ORDER_ACQ_REL = 3,
};

#define MEMORY_WORDS 128 /* words and plain pieces of memory, at most */

/* Per word: the number of the newest message that is known of. */
struct view {
	uint8_t seen[MEMORY_WORDS];
};

/* What a thread knows. */
struct knowledge {
	struct view now;     /* reads are bounded by it */
	struct view acquire; /* what a fence would add to it */
	struct view release; /* what relaxed stores hand on: the last fence's */
};

/* ---- the seam -------------------------------------------------------- */

uint64_t memory_load(const void *word, enum order order, struct site *site);
void memory_store(void *word, uint64_t value, enum order order,
		  struct site *site);
bool memory_cas32(uint32_t *word, uint32_t *expected, uint32_t desired,
		  struct site *site);
bool memory_cas64(uint64_t *word, uint64_t *expected, uint64_t desired,
		  struct site *site);
uint32_t memory_add32(uint32_t *word, uint32_t n, struct site *site);
uint32_t memory_exchange32(uint32_t *word, uint32_t value, struct site *site);
void memory_fence(struct site *site);

/* The caller of a function that holds one operation. */
void memory_call(struct site *site);
void memory_return(void);

/* Plain memory: an access that is not ordered behind the last one fails. */
void memory_plain_write(const void *piece);
void memory_plain_read(const void *piece);

/* ---- for fakes and scenes -------------------------------------------- */

/* futex(2): waits and wakes of one word have one order; nothing else is
 * promised.  True: it slept. */
bool memory_wait(const uint32_t *word, uint32_t expected);
void memory_wake(const uint32_t *word, int n);

/* What a fork of the running thread knows; in setup(), all there is. */
void memory_inherit(struct knowledge *child);
/* Hands all that `from` knows to `to`, as waitpid(2) does. */
void memory_join(struct knowledge *to, const struct knowledge *from);

/* The newest value, whoever asks: for checks at the end. */
uint64_t memory_latest(const void *word);

/* ---- for the explorer ------------------------------------------------ */

/* The thread has done an operation: a store that a mutant held back may come
 * now.  What is held at a thread's end is lost. */
void memory_done(void);
/* Forgets every word; names stay until memory_forget(). */
void memory_reset(void);
void memory_forget(void);
/* A number for all that can matter later. */
uint64_t memory_hash(void);
uint64_t memory_hash_knowledge(const struct knowledge *k);
/* A word that was thought one thread's own is not: begin again. */
bool memory_has_learned(void);
/* Names a word or an array of words in traces. */
void memory_name(const void *begin, size_t size, const char *name);

#endif
