/* SPDX-License-Identifier: MIT */
/*
 * crowd.h - threads that start together and do not wait for ever: what the
 * storms have in common.
 */
#ifndef TESTS_TORTURE_CROWD_H
#define TESTS_TORTURE_CROWD_H

#include "lockfree/atom.h"

#include <pthread.h>

#define CROWD_MAX 4u
#define CROWD_LIMIT_NS (UINT64_C(300) * 1000000000)

struct crowd {
	void (*body)(struct crowd *crowd, uint32_t self);
	void *ctx;
	uint32_t n_rounds;
	uint64_t deadline_ns;
	pthread_barrier_t start;
	struct atom32 n_done;  /* rounds, all threads together */
	struct atom32 n_wrong;
	struct atom32 n_lost;  /* wake-ups */
	struct atom32 late;
};

/* body() in n threads, up to CROWD_MAX, until all of them have returned. */
void crowd_run(struct crowd *c, uint32_t n);

/* Lets others go on; false when that has lasted too long. */
bool crowd_rest(struct crowd *c);
/* The same, but mostly looks again at once: the narrow windows are right
 * there.  *n is the caller's own count. */
bool crowd_spin(struct crowd *c, uint32_t *n);
/* Are there rounds left that nobody has done? */
bool crowd_goes_on(struct crowd *c);
void crowd_wrong(struct crowd *c);
/* NULL, or what went wrong; wrong says it of crowd_wrong(). */
const char *crowd_verdict(const struct crowd *c, const char *wrong);

#endif
