/* SPDX-License-Identifier: MIT */
#include "place.h"

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void place_init(struct place *place)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(place->root, sizeof(place->root), "%.32s/shmrun-XXXXXX",
		 tmp && strlen(tmp) <= 32 ? tmp : "/tmp");
	cr_assert_not_null(mkdtemp(place->root));
}

static int place_remove(const char *path, const struct stat *st, int type,
			struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void place_fini(struct place *place)
{
	nftw(place->root, place_remove, 8, FTW_DEPTH | FTW_PHYS);
}

static void place_make_folders(char *path)
{
	char *slash = path;

	while ((slash = strchr(slash + 1, '/'))) {
		*slash = '\0';
		mkdir(path, 0777);
		*slash = '/';
	}
}

void place_write(const struct place *place, const char *path, const char *text)
{
	char full[8192];
	FILE *file;

	snprintf(full, sizeof(full), "%s%s", place->root, path);
	place_make_folders(full);
	file = fopen(full, "we");
	cr_assert_not_null(file, "%s", full);
	fputs(text, file);
	fclose(file);
}
