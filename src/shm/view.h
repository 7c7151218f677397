/* SPDX-License-Identifier: MIT */
/*
 * view.h - a run of another process, looked at and never touched: what each
 * slot does, and how far the run is.
 *
 * Catalog and arena are mapped read only.  Where things are is taken from the
 * sealed catalog; what stands there may change at any moment, or be nonsense
 * that a test wrote, so every number is a copy, and positions are checked.
 * The run does not notice.
 */
#ifndef SHM_VIEW_H
#define SHM_VIEW_H

#include "base/err.h"
#include "model/outcome.h"
#include "shm/arena.h"
#include "shm/catalog.h"

struct view {
	struct catalog catalog;
	struct arena arena;
};

/* 0, or -errno with a sentence: these are not a run's memory.  The caller
 * keeps the descriptors and may close them. */
int view_open(struct view *v, int catalog_fd, int arena_fd, struct err *err);
void view_close(struct view *v);

struct view_slot {
	enum phase phase;
	uint32_t position; /* CLAIM, RUN, KILL, FIN: which */
	uint64_t start_ns; /* RUN, KILL: since when, CLOCK_MONOTONIC */
	uint64_t output;   /* RUN, KILL: where its output begins */
	uint32_t waiting;  /* tests in its deques that nobody runs yet */
	bool asleep;
};

struct view_slot view_slot(const struct view *v, uint32_t slot);

/* How many tests are in each state; by outcome if they have ended.  Walks
 * through all of them: 8 bytes each. */
struct view_counts {
	uint32_t pending, claimed;
	uint32_t ended[N_OUTCOMES];
};

struct view_counts view_count(const struct view *v);

#endif
