/* SPDX-License-Identifier: MIT */
/*
 * suites.h - the suites of a command line, opened and listed by a loader.
 *
 * Tells the user of each suite that cannot be.  Runner only.
 */
#ifndef CLI_SUITES_H
#define CLI_SUITES_H

#include "cli/options.h"
#include "run/loader.h"

struct round;

struct suites {
	struct loader loader;
	struct loader_args args;
	char pen_parent[PATH_MAX];
	struct listing listing;
	struct fixture_list fixtures;
	uint32_t n_bad;
	const struct round *round; /* is told of files */
};

/* What the loader and all below it are given. */
struct suites_gift {
	const char *run_id;
	unsigned long nofile; /* soft limit; 0 = as it is */
	uint32_t threads;     /* for a test; 0 = nothing is said */
	const struct texts *env; /* NAME=VALUE, more of them; NULL = none */
	char **wrapper; /* its words, NULL at the end; NULL = none */
	const struct folders *folders; /* temporary ones; NULL = none */
	const struct round *round; /* of --watch; NULL = nobody watches */
};

/* Opens all of them; 0, or -errno with a sentence when no loader can run.
 * s must stay where it is until suites_close(). */
int suites_open(struct suites *s, const struct options *o,
		const struct suites_gift *gift, struct err *err);
/* The loader goes; the listing stays. */
void suites_dismiss(struct suites *s);
void suites_close(struct suites *s);

/* For `list`: only the listing; the loader is gone again.  bad_suites counts
 * those that were refused.  0 or -errno, told. */
int list_load(const struct options *o, struct listing *listing,
	      uint64_t *bad_suites);

#endif
