/* SPDX-License-Identifier: MIT */
#include "suite/heritage.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* The kernel keeps so many without a table to copy at each fork. */
#define CEILING 64

/* The first of a worker's data to be linked: the page begins here. */
static worker_data __attribute__((aligned(4096))) struct {
	char slot[28];
	char generation[32];
	char folders[HERITAGE_FOLDERS][80];
} heritage_environment;

/* For roots that have no short name. */
static char heritage_long[HERITAGE_FOLDERS][256];
/* As "/w65535.4294967295" is longer than "/run". */
#define FOLDER_ROOM 14

int heritage_lowest_fd(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur > CEILING)
		return CEILING - HERITAGE_OWN_FDS;
	return (int)limit.rlim_cur - HERITAGE_OWN_FDS;
}

hot_path pid_t heritage_fork(bool plain)
{
#if HAVE__FORK
	return plain ? _Fork() : fork();
#else
	(void)plain;
	return fork();
#endif
}

/* The value of a variable that is moved to `room`; NULL = there is none. */
static char *heritage_move(char *room, size_t cap, const char *name)
{
	const char *value = getenv(name);
	size_t len = strlen(name), value_len = value ? strlen(value) : 0;

	if (!value || len + 1 + value_len >= cap)
		return NULL;
	memcpy(room, name, len);
	room[len] = '=';
	memcpy(room + len + 1, value, value_len + 1);
	return putenv(room) == 0 ? room + len + 1 : NULL;
}

/* A variable that has the value that the runner has given to all of them. */
static char *heritage_move_folder(int i, const char *name, const char *value)
{
	const char *now = getenv(name);
	char *room = heritage_environment.folders[i], *moved;
	size_t cap = sizeof(heritage_environment.folders[i]) - FOLDER_ROOM;

	if (!now || strcmp(now, value) != 0)
		return NULL;
	moved = heritage_move(room, cap, name);
	return moved ? moved
		     : heritage_move(heritage_long[i],
				     sizeof(heritage_long[i]) - FOLDER_ROOM,
				     name);
}

/* SHMRUN_TMPDIR is nobody's but ours (VAR-3). */
void heritage_keep_folders(struct heritage *h, const char *root, uint32_t keep)
{
	static struct heritage_folders folders;
	static const char *const names[HERITAGE_FOLDERS] = {
		"TMPDIR", "TEST_TMPDIR", "SHMRUN_TMPDIR",
	};
	const char *value = getenv(names[HERITAGE_FOLDERS - 1]);
	char *copy = value ? strdup(value) : NULL, *moved = NULL;
	int i;

	for (i = 0; copy && i < HERITAGE_FOLDERS; i++) {
		moved = heritage_move_folder(i, names[i], copy);
		if (moved)
			folders.names[i] = strrchr(moved, '/') + 1;
	}
	free(copy);
	folders.root = root;
	folders.keep = keep;
	folders.path = moved;
	h->folders = moved ? &folders : NULL;
}

void heritage_keep_environment(struct heritage *h)
{
	h->env_slot = heritage_move(heritage_environment.slot,
				    sizeof(heritage_environment.slot),
				    "SHMRUN_SLOT");
	h->env_generation = heritage_move(heritage_environment.generation,
					  sizeof(heritage_environment.generation),
					  "SHMRUN_GENERATION");
}
