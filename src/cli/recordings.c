/* SPDX-License-Identifier: MIT */
#include "cli/recordings.h"

#include "base/clock.h"
#include "base/vec.h"
#include "cli/dirs.h"
#include "model/tally.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SUFFIX ".shmres"
/* "20251122-231500.123-" stands before the id. */
#define STAMP_LEN 20u

struct names {
	char **items; /* sorted, the oldest first */
	uint32_t n, cap;
};

static void names_free(struct names *names)
{
	while (names->n > 0)
		free(names->items[--names->n]);
	free(names->items);
}

static bool name_is_ours(const char *name)
{
	size_t len = strlen(name);

	return len > STAMP_LEN + strlen(SUFFIX) && name[STAMP_LEN - 1] == '-' &&
	       strcmp(name + len - strlen(SUFFIX), SUFFIX) == 0;
}

static int names_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static struct names names_read(const char *folder)
{
	struct names names = { 0 };
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		if (!name_is_ours(entry->d_name))
			continue;
		vec_room(names.items, names.n, names.cap);
		names.items[names.n++] = mem_strdup(entry->d_name);
	}
	if (dir)
		closedir(dir);
	if (names.n)
		qsort(names.items, names.n, sizeof(*names.items),
		      names_compare);
	return names;
}

/* ---- making one ------------------------------------------------------ */

/* Unless its run goes on. */
static void recordings_remove(int folder, const char *name)
{
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		unlinkat(folder, name, 0);
	close(fd);
}

static void recordings_prune(const char *path)
{
	struct names names = names_read(path);
	int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	uint64_t bytes = 0;
	uint32_t kept = 0, i;
	struct stat st;

	for (i = names.n; i > 0 && folder >= 0; i--) {
		const char *name = names.items[i - 1];

		if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		bytes += (uint64_t)st.st_size;
		/* The last one stays however large it is. */
		if (kept++ > 0 && (kept >= RECORDINGS_KEEP ||
				   bytes > RECORDINGS_BYTES))
			recordings_remove(folder, name);
	}
	if (folder >= 0)
		close(folder);
	names_free(&names);
}

static void recordings_name(struct str *path, const char *run_id)
{
	uint64_t now = clock_wall_ns();
	time_t seconds = (time_t)(now / NS_PER_S);
	char stamp[32];
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", &tm);
	str_addf(path, "/%s.%03" PRIu64 "-%s" SUFFIX, stamp,
		 now % NS_PER_S / NS_PER_MS, run_id);
}

int recordings_create(const char *run_id, struct str *path, struct err *err)
{
	int ret = dirs_find(path, "XDG_STATE_HOME", ".local/state", err), fd;

	if (ret == 0)
		ret = dirs_make(str_get(path), err);
	if (ret < 0)
		return ret;
	recordings_prune(str_get(path));
	recordings_name(path, run_id);
	fd = open(str_get(path), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		  0600);
	if (fd < 0)
		return err_sys(err, -errno, "%s", str_get(path));
	flock(fd, LOCK_EX | LOCK_NB);
	return fd;
}

/* What is there is another run's as long as that holds its lock: two in one
 * file would be none.  Where there are no locks nobody is kept out. */
static int recordings_take(int fd, const char *path, struct err *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
		return err_set(err, -EBUSY, "another run records into %s",
			       path);
	if (ftruncate(fd, 0) < 0)
		return err_sys(err, -errno, "cannot record into %s", path);
	return 0;
}

int recordings_create_at(const char *path, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);

	if (fd < 0)
		return err_sys(err, -errno, "cannot record into %s", path);
	if (recordings_take(fd, path, err) == 0)
		return fd;
	close(fd);
	return err->code;
}

/* ---- finding one ----------------------------------------------------- */

static bool name_matches(const char *file, const char *wanted)
{
	return strcmp(wanted, "last") == 0 ||
	       strncmp(file + STAMP_LEN, wanted, strlen(wanted)) == 0;
}

/* The newest that is meant; none if an id is meant by several. */
static int names_choose(const struct names *names, const char *wanted,
			struct str *path, struct err *err)
{
	const char *found = NULL;
	uint32_t i;

	for (i = 0; i < names->n; i++) {
		if (!name_matches(names->items[i], wanted))
			continue;
		if (found && strcmp(wanted, "last") != 0)
			return err_set(err, -EINVAL, "several runs begin with "
				       "'%s' in %s", wanted, str_get(path));
		found = names->items[i];
	}
	if (!found)
		return err_set(err, -ENOENT, "no recording '%s', neither a "
			       "file nor a run in %s", wanted, str_get(path));
	str_addf(path, "/%s", found);
	return 0;
}

static int recordings_find(const char *name, struct str *path, struct err *err)
{
	struct names names;
	int ret;

	if (access(name, F_OK) == 0) {
		str_add(path, name);
		return 0;
	}
	if (strchr(name, '/') || *name == '\0')
		return err_sys(err, -ENOENT, "%s", name);
	ret = dirs_find(path, "XDG_STATE_HOME", ".local/state", err);
	if (ret < 0)
		return ret;
	names = names_read(str_get(path));
	ret = names_choose(&names, name, path, err);
	names_free(&names);
	return ret;
}

int recordings_open_file(const char *name, struct err *err)
{
	struct str path = STR_INIT;
	int fd = recordings_find(name, &path, err);

	if (fd == 0) {
		fd = open(str_get(&path), O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			fd = err_sys(err, -errno, "%s", str_get(&path));
	}
	str_fini(&path);
	return fd;
}

int recordings_open(struct recorded *r, const char *name, struct err *err)
{
	r->fd = recordings_open_file(name, err);
	if (r->fd < 0)
		return r->fd;
	r->replay = replay_open(r->fd, err);
	if (r->replay)
		return 0;
	close(r->fd);
	return err_wrap(err, "%s", name);
}

void recordings_close(struct recorded *r)
{
	replay_close(r->replay);
	close(r->fd);
}

int recordings_status(const struct err *err)
{
	return err->code == -ENOENT || err->code == -EINVAL ? EXIT_USAGE
							    : EXIT_UNTRUSTED;
}

bool recordings_is_file(int fd, const char *path)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && stat(path, &b) == 0 &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}
