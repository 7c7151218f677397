/* SPDX-License-Identifier: MIT */
/*
 * Control groups (cli/cgroup.c) and the machine's memory (cli/memory.c) from
 * files that say anything: a limit that is found can be divided by, and is one
 * that some file names.
 *
 * Input: files, each but the last ended by a line "--": /proc/self/cgroup,
 * /proc/self/mountinfo, then those of the group /g/a and those of /g
 * (as in `leaves`), and /proc/meminfo.
 */
#include "cli/cgroup.h"
#include "cli/memory.h"

#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { N_LEAVES = 8, N_FILES = 3 + 2 * N_LEAVES };

static const char *const leaves[N_LEAVES] = {
	"cpu.max", "pids.max", "pids.current", "cpu.cfs_quota_us",
	"cpu.cfs_period_us", "memory.max", "memory.current", "memory.stat",
};

static const char *const folders[] = { "proc", "proc/self", "g", "g/a" };

static char root[64];
static int fds[N_FILES];

static void file_path(int i, char *path, size_t cap)
{
	if (i < 2)
		snprintf(path, cap, "%s/proc/self/%s", root,
			 i ? "mountinfo" : "cgroup");
	else if (i == N_FILES - 1)
		snprintf(path, cap, "%s/proc/meminfo", root);
	else
		snprintf(path, cap, "%s/g%s/%s", root,
			 i < 2 + N_LEAVES ? "/a" : "",
			 leaves[(i - 2) % N_LEAVES]);
}

static void remove_tree(void)
{
	char path[256];
	int i;

	for (i = 0; i < N_FILES; i++) {
		file_path(i, path, sizeof(path));
		unlink(path);
	}
	for (i = array_size(folders) - 1; i >= 0; i--) {
		snprintf(path, sizeof(path), "%s/%s", root, folders[i]);
		rmdir(path);
	}
	rmdir(root);
}

/* Links to files in memory, made once: an input costs no disk. */
static void make_tree(void)
{
	char path[256], fd[32];
	size_t i;

	strcpy(root, "/tmp/shmrun-fuzz-XXXXXX");
	fuzz_must(mkdtemp(root), "no folder");
	atexit(remove_tree);
	for (i = 0; i < array_size(folders); i++) {
		snprintf(path, sizeof(path), "%s/%s", root, folders[i]);
		fuzz_must(mkdir(path, 0700) == 0, "%s", path);
	}
	for (i = 0; i < N_FILES; i++) {
		fds[i] = -1;
		fuzz_fill_file(&fds[i], "", 0);
		file_path((int)i, path, sizeof(path));
		snprintf(fd, sizeof(fd), "/proc/self/fd/%d", fds[i]);
		fuzz_must(symlink(fd, path) == 0, "%s", path);
	}
}

static void fill_files(const uint8_t *data, size_t size)
{
	size_t len;
	int i;

	for (i = 0; i < N_FILES; i++) {
		const uint8_t *end = memmem(data, size, "--\n", 3);

		len = end ? (size_t)(end - data) : size;
		fuzz_fill_file(&fds[i], data, len);
		len = end ? len + 3 : len;
		data += len;
		size -= len;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cgroup_quota quota;
	struct cgroup_memory memory;
	struct memory_room left;
	struct cgroup_room room;

	if (!*root)
		make_tree();
	fill_files(data, size);
	if (cgroup_find_quota(root, &quota)) {
		fuzz_must(quota.quota_us > 0 && quota.period_us > 0,
			  "%llu / %llu", (unsigned long long)quota.quota_us,
			  (unsigned long long)quota.period_us);
		fuzz_must(strnlen(quota.where, PATH_MAX) < PATH_MAX, "where");
	}
	if (cgroup_find_memory(root, &memory)) {
		fuzz_must(strnlen(memory.where, PATH_MAX) < PATH_MAX, "where");
		fuzz_must(memory_find_room(root, &left) &&
				  left.bytes <= memory.bytes, "more than there is");
	}
	if (cgroup_find_free_memory(root, &memory))
		fuzz_must(strnlen(memory.where, PATH_MAX) < PATH_MAX, "where");
	if (cgroup_find_room(root, &room))
		fuzz_must(strnlen(room.where, PATH_MAX) < PATH_MAX, "where");
	return 0;
}
