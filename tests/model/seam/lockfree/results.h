/* SPDX-License-Identifier: MIT */
/*
 * results.h - the real one; the model is told when a record, which is plain
 * memory, is written and copied.
 */
#ifndef MODEL_RESULTS_H
#define MODEL_RESULTS_H

#include_next "lockfree/results.h"

#define results_push_sp(w, record)                                            \
	(memory_plain_write(&(w)->cells[(w)->tail & (w)->mask]),              \
	 (results_push_sp)(w, record))
#define results_pop_sc(r, out)                                                \
	(memory_plain_read(&(r)->cells[(r)->head & (r)->mask]),               \
	 (results_pop_sc)(r, out))

#endif
