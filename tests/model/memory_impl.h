/* SPDX-License-Identifier: MIT */
/*
 * memory_impl.h - words and their messages, by number; memory.c has them,
 * memory_ops.c makes operations of them.  Included by these two only.
 */
#ifndef TESTS_MODEL_MEMORY_IMPL_H
#define TESTS_MODEL_MEMORY_IMPL_H

#include "tests/model/memory.h"

/* The word at an address; the thread has stepped when others can see what it
 * does there. */
int memory_touch(const void *address, struct site *site);
const char *memory_print(int w);
int memory_self(void);

/* The message that the running thread reads next, and reading it. */
int memory_choose(int w);
int memory_newest(int w);
uint64_t memory_read(int w, int message, enum order order);
/* A new message; sequence: the view of a release sequence it continues. */
void memory_append(int w, uint64_t value, enum order order,
		   const struct view *sequence);
void memory_update(int w, uint64_t value, enum order order);
/* What a seq_cst fence does. */
void memory_trade(void);

void memory_ops_reset(void);

#endif
