/* SPDX-License-Identifier: MIT */
/*
 * A file that may be a core of a test that was a program (work/core.c): it is
 * moved, as it is, or stays where it lies; moved only if it names the process.
 *
 * Input: the file.
 */
#include "work/core.h"

#include "fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PID = 0x5eed };

static char root[] = "/tmp/shmrun-fuzz-core.XXXXXX";
static char from[64], to[64];

static void remove_folders(void)
{
	rmdir(from);
	rmdir(to);
	rmdir(root);
}

static void make_folders(void)
{
	fuzz_must(mkdtemp(root), "%s", root);
	snprintf(from, sizeof(from), "%s/from", root);
	snprintf(to, sizeof(to), "%s/to", root);
	fuzz_must(mkdir(from, 0700) == 0 && mkdir(to, 0700) == 0, "%s", root);
	atexit(remove_folders);
}

static void put(const char *path, const uint8_t *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	fuzz_must(fd >= 0 && write(fd, data, size) == (ssize_t)size, "%s",
		  path);
	close(fd);
}

/* It is there, whole; and gone. */
static void take(const char *path, const uint8_t *data, size_t size)
{
	uint8_t *got = malloc(size + 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	fuzz_must(fd >= 0 && read(fd, got, size + 1) == (ssize_t)size &&
			  memcmp(got, data, size) == 0,
		  "%s is another one", path);
	close(fd);
	free(got);
	unlink(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char name[CORE_NAME_CAP] = "", there[80], here[80];
	static const int32_t pid = PID;
	int ret;

	if (!*from)
		make_folders();
	snprintf(here, sizeof(here), "%s/core.1", from);
	snprintf(there, sizeof(there), "%s/core.1", to);
	put(here, data, size);
	ret = core_move(PID, 0, from, to, name);
	fuzz_must(ret == 0 || ret == -ENOENT, "%d", ret);
	fuzz_must(ret < 0 || memmem(data, size, &pid, sizeof(pid)),
		  "nobody said %d", PID);
	take(ret == 0 ? there : here, data, size);
	fuzz_must(access(ret == 0 ? here : there, F_OK) < 0, "there are two");
	return 0;
}
