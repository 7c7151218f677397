/* SPDX-License-Identifier: MIT */
/*
 * environment.h - the environment of the loader, and so of all tests
 * (behaviour rules VAR-2 to VAR-16).
 */
#ifndef CLI_ENVIRONMENT_H
#define CLI_ENVIRONMENT_H

#include "cli/options.h"

#define RUN_ID_CAP 37 /* a UUID as text */

/* A fresh random UUID (RFC 9562, version 4). */
void environment_run_id(char id[RUN_ID_CAP]);

struct environment_args {
	const char *run_id;
	uint32_t threads;
	const struct folders *folders; /* NULL = there are none */
	const struct texts *more;
};

/* This process's environment without inherited SHMRUN_* and without what
 * would make a framework shard by itself, with ours added; and with the
 * number of threads that libraries for parallel loops may start, where the
 * user has none (JOBS-6; 0 = say nothing).  They read it when they are
 * loaded, so it cannot wait for the listing.  Last what setup scripts
 * say (NULL = nothing), and --env. */
char **environment_make(const struct options *o,
			const struct environment_args *args);
void environment_free(char **env);

/* "MALLOC_PERTURB_=171" in it, if that is not this process's own; NULL if it is,
 * or there is none. */
const char *environment_perturbs(char *const *env);

#endif
