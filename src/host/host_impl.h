/* SPDX-License-Identifier: MIT */
/*
 * host_impl.h - the host's state, between host.c, which serves the runner,
 * and services.c, which serves the plug-in.
 */
#ifndef HOST_HOST_IMPL_H
#define HOST_HOST_IMPL_H

#include "host/tests.h"
#include "shm/hint.h"

#include <shmrun-sched.h>

/* Events that came while an answer was waited for. */
struct waiting {
	struct hint_msg **items;
	uint32_t n, cap;
};

struct host {
	struct shmrun_sched pub; /* first: what the plug-in holds */
	int sock;
	struct brief brief;
	struct tests tests;
	struct shmrun_sched_ops ops; /* a copy; NULL where it ends early */
	void *self;
	char said[512];
	uint8_t *ended; /* per test */
	size_t n_ended;
	struct waiting waiting;
};

extern const struct shmrun_sched_services_ host_services;

/* The runner has gone, or talks nonsense: nothing is left to be done. */
no_return void host_end(void);

#endif
