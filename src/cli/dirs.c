/* SPDX-License-Identifier: MIT */
#include "cli/dirs.h"

#include "base/mem.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool dirs_is_given(const char *path)
{
	return path && *path == '/';
}

int dirs_find(struct str *path, const char *variable, const char *fallback,
	      struct err *err)
{
	const char *given = getenv(variable), *home = getenv("HOME");

	if (dirs_is_given(given))
		str_addf(path, "%s/shmrun", given);
	else if (dirs_is_given(home))
		str_addf(path, "%s/%s/shmrun", home, fallback);
	else
		return err_set(err, -ENOENT, "neither HOME nor %s is set",
			       variable);
	return 0;
}

int dirs_make(const char *path, struct err *err)
{
	char *part = mem_strdup(path), *end = part;
	int ret = 0;

	while (*end && ret >= 0) {
		end += strspn(end, "/");
		end += strcspn(end, "/");
		*end = '\0';
		ret = mkdir(part, 0700) == 0 ? 1 : 0;
		/* A parent may be there and closed to us. */
		if (ret == 0 && errno != EEXIST && access(part, F_OK) < 0)
			ret = err_sys(err, -errno, "cannot make %s", part);
		*end = path[end - part];
	}
	free(part);
	return ret;
}
