/* SPDX-License-Identifier: MIT */
/* Where the cache is (DIR-1). */
#include "cli/cache_dir.h"

#include <criterion/criterion.h>
#include <string.h>

static char *named, *xdg, *home;

static char *get_env(const char *name)
{
	if (strcmp(name, "SHMRUN_CACHE_DIR") == 0)
		return named;
	if (strcmp(name, "XDG_CACHE_HOME") == 0)
		return xdg;
	cr_expect_str_eq(name, "HOME");
	return home;
}

static void expect(const struct options *o, const char *path, bool wanted)
{
	struct cache_dir dir = cache_dir_find(o, get_env);

	if (path)
		cr_expect_str_eq(dir.path, path);
	else
		cr_expect_null(dir.path);
	cr_expect_eq(dir.wanted, wanted);
	cache_dir_free(&dir);
}

Test(cache_dir, the_first_that_is_there_counts)
{
	static char n[] = "n", x[] = "/x", h[] = "/h";
	struct options o = { .cache_dir = "o" };

	named = n;
	xdg = x;
	home = h;
	expect(&o, "o", true);
	o.cache_dir = NULL;
	expect(&o, "n", true);
	named = NULL;
	expect(&o, "/x/shmrun", false);
	xdg = NULL;
	expect(&o, "/h/.cache/shmrun", false);
	home = NULL;
	expect(&o, NULL, false);
}

Test(cache_dir, empty_and_relative_ones_are_none)
{
	static char empty[] = "", relative[] = "x";
	struct options o = { 0 };

	named = home = empty;
	xdg = relative;
	expect(&o, NULL, false);
}
