/* SPDX-License-Identifier: MIT */
/*
 * cache_dir.h - where what can be learnt again is kept (DIR-1).
 *
 * --cache-dir, SHMRUN_CACHE_DIR, $XDG_CACHE_HOME/shmrun, ~/.cache/shmrun.
 * Runner only.
 */
#ifndef CLI_CACHE_DIR_H
#define CLI_CACHE_DIR_H

#include "cli/options.h"

struct cache_dir {
	char *path;  /* NULL = there is none: nothing says where */
	bool wanted; /* the user named this very folder */
};

/* get_env as getenv(3). */
struct cache_dir cache_dir_find(const struct options *o,
				char *(*get_env)(const char *name));
void cache_dir_free(struct cache_dir *dir);

#endif
