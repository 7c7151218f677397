/* SPDX-License-Identifier: MIT */
#include "cli/cache_dir.h"

#include "base/mem.h"
#include "base/str.h"

#include <stdlib.h>

static char *cache_dir_join(const char *folder, const char *name)
{
	struct str path = STR_INIT;

	str_addf(&path, "%s/%s", folder, name);
	return path.text;
}

struct cache_dir cache_dir_find(const struct options *o,
				char *(*get_env)(const char *name))
{
	const char *named = o->cache_dir ? o->cache_dir
					 : get_env("SHMRUN_CACHE_DIR");
	const char *cache = get_env("XDG_CACHE_HOME"), *home = get_env("HOME");
	struct cache_dir dir = { 0 };

	if (named && *named) {
		dir.path = mem_strdup(named);
		dir.wanted = true;
	} else if (cache && *cache == '/') {
		/* A relative one is to be ignored, says its specification. */
		dir.path = cache_dir_join(cache, "shmrun");
	} else if (home && *home) {
		dir.path = cache_dir_join(home, ".cache/shmrun");
	}
	return dir;
}

void cache_dir_free(struct cache_dir *dir)
{
	free(dir->path);
	*dir = (struct cache_dir){ 0 };
}
