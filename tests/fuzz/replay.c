/* SPDX-License-Identifier: MIT */
/*
 * replay.c - main() of a fuzz target in a build without libFuzzer: every file
 * of its corpus once, as one TAP result.
 *
 *	TARGET.fuzz			$top_srcdir/tests/fuzz/corpus/TARGET
 *	TARGET.fuzz FILE|FOLDER...	those
 *
 * A finding kills the process: the last line says of which input.
 */
#include "base/mem.h"
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static uint8_t *replay_read(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	uint8_t *bytes;
	struct stat st;

	if (!file || fstat(fileno(file), &st) < 0) {
		printf("Bail out! cannot read %s\n", path);
		exit(1);
	}
	/* No room behind it: a sanitizer sees the first byte too many. */
	bytes = mem_alloc((size_t)st.st_size);
	*size = fread(bytes, 1, (size_t)st.st_size, file);
	fclose(file);
	return bytes;
}

static void replay_file(const char *path)
{
	size_t size;
	uint8_t *bytes = replay_read(path, &size);

	printf("# %s\n", path);
	fflush(stdout);
	LLVMFuzzerTestOneInput(bytes, size);
	free(bytes);
}

static int replay_is_shown(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static unsigned replay_folder(const char *path)
{
	struct dirent **entries;
	int n = scandir(path, &entries, replay_is_shown, alphasort), i;
	char file[4096];

	for (i = 0; i < n; i++) {
		snprintf(file, sizeof(file), "%s/%s", path,
			 entries[i]->d_name);
		replay_file(file);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	return n > 0 ? (unsigned)n : 0;
}

static unsigned replay(const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return replay_folder(path);
	replay_file(path);
	return 1;
}

int main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/');
	const char *name = slash ? slash + 1 : argv[0];
	int len = (int)strcspn(name, ".");
	char corpus[4096];
	unsigned n = 0;
	int i;

	printf("1..1\n");
	for (i = 1; i < argc; i++)
		n += replay(argv[i]);
	if (argc == 1) {
		const char *top = getenv("top_srcdir");

		snprintf(corpus, sizeof(corpus), "%s/tests/fuzz/corpus/%.*s",
			 top ? top : ".", len, name);
		n = replay_folder(corpus);
	}
	printf("%s 1 - %.*s survives its corpus of %u\n",
	       n ? "ok" : "not ok", len, name, n);
	return 0;
}
