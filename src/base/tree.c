/* SPDX-License-Identifier: MIT */
#include "base/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * A folder within one of the folders of the top is not entered but moved up
 * into the top, under a number for a name: so two descriptors are enough.
 * Emptying goes in rounds, until one finds nothing, or gets nothing done.
 */
struct tree {
	int top;
	dev_t dev;
	unsigned number; /* of the next that is moved up */
	unsigned n_done; /* in this round */
	int code;	 /* the first -errno of this round */
};

static bool tree_is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static int tree_unlock(int parent, const char *name)
{
	return fchmodat(parent, name, 0700, AT_SYMLINK_NOFOLLOW);
}

/* A folder's entries; what is open at fd stays so. */
static DIR *tree_list(int fd)
{
	int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = again < 0 ? NULL : fdopendir(again);

	if (!dir && again >= 0)
		close(again);
	return dir;
}

/* A file, or a folder with nothing in it.  The kernel refuses a mount point
 * before it looks what is in there, so what is not empty is none. */
static int tree_unlink(int parent, const char *name)
{
	if (unlinkat(parent, name, 0) == 0)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return -errno;
	return unlinkat(parent, name, AT_REMOVEDIR) == 0 ? 0 : -errno;
}

static bool tree_is_full(int code)
{
	return code == -ENOTEMPTY || code == -EEXIST;
}

static int tree_lift(struct tree *t, int parent, const char *name)
{
	char to[24];
	int tries;

	for (tries = 0; tries < 1000; tries++) {
		snprintf(to, sizeof(to), ".lifted-%u", t->number++);
		if (renameat(parent, name, t->top, to) == 0)
			return 0;
		/* One that is locked cannot get another parent. */
		if (errno == EACCES && tree_unlock(parent, name) == 0 &&
		    renameat(parent, name, t->top, to) == 0)
			return 0;
		if (errno != EEXIST && errno != ENOTEMPTY && errno != ENOTDIR)
			break;
	}
	return -errno;
}

static void tree_count(struct tree *t, int code)
{
	if (code == 0)
		t->n_done++;
	else if (code != -ENOENT && !t->code)
		t->code = code;
}

/* What is in a folder of the top: away, or up. */
static void tree_clear(struct tree *t, int fd)
{
	DIR *dir = tree_list(fd);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		int code;

		if (tree_is_dots(entry->d_name))
			continue;
		code = tree_unlink(fd, entry->d_name);
		if (tree_is_full(code))
			code = tree_lift(t, fd, entry->d_name);
		tree_count(t, code);
	}
	if (dir)
		closedir(dir);
}

static int tree_open(int parent, const char *name)
{
	const int how = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(parent, name, how);

	if (fd < 0 && errno == EACCES && tree_unlock(parent, name) == 0)
		fd = openat(parent, name, how);
	if (fd >= 0)
		fchmod(fd, 0700);
	return fd < 0 ? -errno : fd;
}

/* A folder of the top that is not empty. */
static int tree_clear_at(struct tree *t, const char *name)
{
	int fd = tree_open(t->top, name);
	struct stat st;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) == 0 && st.st_dev == t->dev)
		tree_clear(t, fd);
	close(fd);
	return unlinkat(t->top, name, AT_REMOVEDIR) == 0 ? 0 : -errno;
}

/* True when there was nothing to be removed. */
static bool tree_round(struct tree *t)
{
	DIR *dir = tree_list(t->top);
	struct dirent *entry;
	bool empty = true;

	t->n_done = 0;
	t->code = dir ? 0 : -errno;
	while (dir && (entry = readdir(dir))) {
		int code;

		if (tree_is_dots(entry->d_name))
			continue;
		empty = false;
		code = tree_unlink(t->top, entry->d_name);
		if (tree_is_full(code))
			code = tree_clear_at(t, entry->d_name);
		tree_count(t, code);
	}
	if (dir)
		closedir(dir);
	return empty;
}

int tree_empty(int fd)
{
	struct tree t = { .top = fd };
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	t.dev = st.st_dev;
	fchmod(fd, 0700);
	while (!tree_round(&t))
		if (t.n_done == 0)
			break;
	return t.code;
}

int tree_remove_at(int parent, const char *name)
{
	int code = tree_unlink(parent, name), fd;

	if (code == 0 || code == -ENOENT)
		return 0;
	if (!tree_is_full(code))
		return code;
	fd = tree_open(parent, name);
	if (fd < 0)
		return fd;
	code = tree_empty(fd);
	close(fd);
	if (code < 0)
		return code;
	return unlinkat(parent, name, AT_REMOVEDIR) == 0 ? 0 : -errno;
}
