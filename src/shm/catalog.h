/* SPDX-License-Identifier: MIT */
/*
 * catalog.h - tests and plan: written once by the runner, sealed, then read
 * by workers.  Names are not in it: workers inherit the loader's.
 *
 * After the seal no process can change it: a writable map and mprotect(2)
 * are refused (memfd_create(2), F_SEAL_WRITE).  A worker may therefore
 * believe what it reads, after one check of the header.
 */
#ifndef SHM_CATALOG_H
#define SHM_CATALOG_H

#include "base/err.h"
#include "model/plan.h"
#include "shm/layout.h"

/* What goes in beside listing and plan. */
struct catalog_args {
	const struct listing *listing;
	const struct plan *plan;
	const struct catalog_fixture *fixtures;
	uint32_t n_fixtures;
	const struct arena_layout *layout;
	const char *run_id;
	const uint64_t *sums; /* model/sums.h; NULL unless plan_has_setups() */
	uint32_t jobs;
	uint32_t batch_max;
	uint32_t max_fail;
	bool retries; /* the runner may hand out what was on a slot's list */
	bool recycle_on_failure;
	bool debugged; /* a debugger comes: no groups, no capture */
	uint32_t recycle_after;
	enum isolate isolate; /* the user's choice */
	/* What tests are told of themselves: of those that do not say. */
	uint64_t timeout_ns;
	double slowness;
	uint32_t most_retries, crash_retries;
	bool no_retries;
};

/* Private handle of a reader. */
struct catalog {
	void *base;
	size_t size;
	const struct catalog_header *header;
	const struct segment *segments;
	const struct catalog_test *tests;
	const struct catalog_fixture *fixtures;
	const struct part *parts;
	const struct bound *bounds;
	const struct turn *turns;
	const uint64_t *sums;
	const struct catalog_terms *terms;
	const char *texts;
};

/* Runner: the sealed memfd, or -errno. */
int catalog_write(const struct catalog_args *args, struct err *err);

/* Anyone: maps a sealed catalog and checks that it is one. 0 or -errno. */
int catalog_attach(struct catalog *c, int fd, struct err *err);
void catalog_detach(struct catalog *c);

/* Is there a test that wants a lock?  The first text is the empty one, and
 * theirs are the only others. */
static inline bool catalog_has_locks(const struct catalog *c)
{
	return c->texts[1] != '\0';
}

/* The tier a test really runs in: the stricter of the user's choice (auto is
 * what is usual for the suite) and the test's own wish; a test with an expected signal or exit status needs a
 * process of its own. */
enum isolate catalog_isolate(enum isolate chosen, enum isolate usual,
			     const struct attrs *attrs);

#endif
