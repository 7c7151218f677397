/* SPDX-License-Identifier: MIT */
/*
 * counters.h - the counters of suites that were built for coverage, where a
 * process ends without exit(3) (ENV-5).
 *
 * Each worker and each test child adds what it has counted to the files when
 * it ends, under their locks; one that crashes lets a fork of itself do it,
 * which has a second.  What was counted before, by the loader or the worker
 * that it is a fork of, is not told twice where the counters can be begun
 * anew.
 */
#ifndef WORK_COUNTERS_H
#define WORK_COUNTERS_H

#include <stdint.h>

struct adapter_suite;

/* In a fresh worker. */
void counters_open(struct adapter_suite **suites, uint32_t n);
/* In a fresh test child. */
void counters_begin(void);
/* Nothing of it when no suite counts. */
void counters_write(void);
/* In a signal handler, all signals blocked. */
void counters_save(void);

#endif
