/* SPDX-License-Identifier: MIT */
#include "shm/folders.h"

#include "base/compiler.h"
#include "base/digits.h"
#include "base/mem.h"
#include "base/raw.h"
#include "base/tree.h"
#include "base/vec.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ROOT_NAME "shmrun-"
#define ROOT_RANDOM 6
/* A socket's address is 108 bytes with its end; half of it is for the test. */
#define SHOWN_MAX 44
/* When an empty folder was changed: long ago, whole, and even, which any file
 * system can tell. */
#define UNTOUCHED_S (365 * 24 * 3600)

/* ---- one of them ------------------------------------------------------- */

hot_path void folder_name(char name[FOLDER_NAME_CAP], uint32_t slot,
			  uint32_t number)
{
	*name++ = 'w';
	name = digits_write(name, slot);
	if (number) {
		*name++ = '.';
		digits_write(name, number);
	}
}

hot_path bool folder_is_touched(const char *path)
{
	struct stat st = { 0 };

	/* Without errno, which is a page of its own in a fresh worker. */
	return raw_syscall(SYS_newfstatat, AT_FDCWD, (long)path, (long)&st,
			   AT_SYMLINK_NOFOLLOW, 0) < 0 ||
	       st.st_mtim.tv_sec != UNTOUCHED_S ||
	       st.st_mtim.tv_nsec != 0 || st.st_mode != (S_IFDIR | 0700);
}

static int folder_open(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
			O_CLOEXEC);

	if (fd < 0 && errno == EACCES &&
	    fchmodat(parent, name, 0700, AT_SYMLINK_NOFOLLOW) == 0)
		fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
			    O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

bool folder_is_full(const char *path)
{
	int fd = folder_open(AT_FDCWD, path), n = 0;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	while (dir && n < 3 && readdir(dir))
		n++;
	if (dir)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
	return n == 3;
}

hot_path static void folder_mark(int parent, const char *name)
{
	/* So that the numbers stand in the code: as constants they lie on a
	 * page of their own. */
	volatile struct timespec times[2];

	times[0].tv_nsec = UTIME_OMIT;
	times[1].tv_sec = UNTOUCHED_S;
	times[1].tv_nsec = 0;
	raw_syscall(SYS_utimensat, parent, (long)name, (long)times,
		    AT_SYMLINK_NOFOLLOW, 0);
}

/* A part of the start of every worker: no pages but those it has anyway. */
hot_path int folder_make(const char *path)
{
	long ret = raw_syscall(SYS_mkdirat, AT_FDCWD, (long)path, 0700, 0, 0);

	if (ret < 0)
		return (int)ret;
	folder_mark(AT_FDCWD, path);
	return 0;
}

/* Something else in its place goes, and it comes back. */
static int folder_replace(int parent, const char *name)
{
	int code = tree_remove_at(parent, name);

	if (code == 0 && mkdirat(parent, name, 0700) < 0)
		code = -errno;
	return code;
}

/* What a test has mounted there is not ours to empty: asked to remove a folder,
 * the kernel refuses a mount point before it looks what is in it. */
static bool folder_is_mount(int parent, const char *name)
{
	return unlinkat(parent, name, AT_REMOVEDIR) < 0 && errno == EBUSY;
}

static int folder_empty_at(int parent, const char *name)
{
	int fd, code;

	if (folder_is_mount(parent, name))
		return -EBUSY;
	fd = folder_open(parent, name);
	if (fd < 0) {
		code = folder_replace(parent, name);
	} else {
		code = tree_empty(fd);
		close(fd);
	}
	if (code == 0)
		folder_mark(parent, name);
	return code;
}

/* A root that somebody has put there instead is not ours to empty. */
static int folders_enter(const char *root)
{
	int fd = open(root, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) == 0 && st.st_uid == geteuid())
		return fd;
	close(fd);
	return -EPERM;
}

int folder_empty(const char *root, const char *name)
{
	int fd, code;

	if (folder_is_mount(AT_FDCWD, root))
		return -EBUSY;
	/* All of it may have been removed. */
	mkdir(root, 0700);
	fd = folders_enter(root);
	if (fd < 0)
		return fd;
	code = folder_empty_at(fd, name);
	close(fd);
	return code;
}

/* ---- all of them, to be removed ---------------------------------------- */

struct kept {
	uint32_t slot, last;
};

struct roster {
	struct kept *items;
	size_t n, cap;
};

/* "w3" or "w3.5". */
static bool roster_parse(const char *name, struct kept *out)
{
	char end;
	int n;

	*out = (struct kept){ 0 };
	if (name[0] != 'w' || !isdigit((unsigned char)name[1]))
		return false;
	n = sscanf(name + 1, "%u.%u%c", &out->slot, &out->last, &end);
	return n == 1 || n == 2;
}

static void roster_add(struct roster *r, const struct kept *seen)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		if (r->items[i].slot == seen->slot)
			break;
	if (i == r->n) {
		vec_room(r->items, r->n, r->cap);
		r->items[r->n++] = *seen;
	}
	r->items[i].last = max_of(r->items[i].last, seen->last);
}

static bool roster_keeps(const struct roster *r, const char *name)
{
	struct kept seen;
	size_t i;

	if (!roster_parse(name, &seen))
		return false;
	for (i = 0; i < r->n; i++)
		if (r->items[i].slot == seen.slot)
			return seen.last < r->items[i].last;
	return false;
}

static DIR *folders_list(int fd)
{
	int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = again < 0 ? NULL : fdopendir(again);

	if (!dir && again >= 0)
		close(again);
	return dir;
}

static void roster_fill(struct roster *r, int fd)
{
	DIR *dir = folders_list(fd);
	struct dirent *entry;
	struct kept seen;

	while (dir && (entry = readdir(dir)))
		if (roster_parse(entry->d_name, &seen))
			roster_add(r, &seen);
	if (dir)
		closedir(dir);
}

static int folders_remove_in(int fd)
{
	struct roster roster = { 0 };
	struct dirent *entry;
	int code = 0, one;
	DIR *dir;

	roster_fill(&roster, fd);
	dir = folders_list(fd);
	while (dir && (entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0 ||
		    roster_keeps(&roster, entry->d_name))
			continue;
		one = tree_remove_at(fd, entry->d_name);
		code = code ? code : one;
	}
	if (dir)
		closedir(dir);
	free(roster.items);
	return code;
}

static int folders_remove_root(const char *root)
{
	int fd, code;

	if (folder_is_mount(AT_FDCWD, root))
		return -EBUSY;
	fd = folders_enter(root);
	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	code = folders_remove_in(fd);
	close(fd);
	rmdir(root);
	return code;
}

int folders_remove(const struct folders *f)
{
	int code;

	if (!*f->root)
		return 0;
	code = folders_remove_root(f->root);
	/* What is kept has been told by the name that tests saw. */
	if (*f->link && access(f->root, F_OK) < 0)
		unlink(f->link);
	return code;
}

/* ---- what killed runners have left -------------------------------------- */

static bool stale_is_root(const char *name)
{
	return strncmp(name, ROOT_NAME, strlen(ROOT_NAME)) == 0 &&
	       strlen(name) == strlen(ROOT_NAME) + ROOT_RANDOM;
}

/* Nobody holds its lock; one without a lock is kept, or not begun. */
static bool stale_is_left(int root)
{
	int fd = openat(root, "lock", O_RDONLY | O_NOFOLLOW | O_CLOEXEC |
			O_NONBLOCK);
	bool left;

	if (fd < 0)
		return false;
	left = flock(fd, LOCK_EX | LOCK_NB) == 0;
	close(fd);
	return left;
}

static void stale_look(int base, const char *name)
{
	int fd = openat(base, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
			O_CLOEXEC);
	struct stat st;

	/* A short name of what is not there any more. */
	if (fd < 0 && fstatat(base, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISLNK(st.st_mode) && st.st_uid == geteuid() &&
	    faccessat(base, name, F_OK, 0) < 0 && errno == ENOENT)
		unlinkat(base, name, 0);
	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && st.st_uid == geteuid() &&
	    stale_is_left(fd) && !folder_is_mount(base, name)) {
		folders_remove_in(fd);
		unlinkat(base, name, AT_REMOVEDIR);
	}
	close(fd);
}

static void stale_remove(const char *base)
{
	DIR *dir = opendir(base);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (stale_is_root(entry->d_name))
			stale_look(dirfd(dir), entry->d_name);
	if (dir)
		closedir(dir);
}

/* ---- the runner's ------------------------------------------------------ */

const char *folders_shown(const struct folders *f)
{
	return *f->link ? f->link : f->root;
}

/* It has its name when it is locked: who finds it without is not the owner. */
static int folders_lock(struct folders *f)
{
	char making[PATH_MAX + 16], lock[PATH_MAX + 16];

	snprintf(making, sizeof(making), "%s/lock.new", f->root);
	snprintf(lock, sizeof(lock), "%s/lock", f->root);
	f->lock_fd = open(making, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (f->lock_fd < 0)
		return -errno;
	flock(f->lock_fd, LOCK_EX | LOCK_NB);
	return rename(making, lock) < 0 ? -errno : 0;
}

static int folders_make_one(const struct folders *f, const char *name)
{
	char path[PATH_MAX + FOLDER_NAME_CAP];

	snprintf(path, sizeof(path), "%s/%s", f->root, name);
	return folder_make(path);
}

/* Where it cannot be had, the long name has to do. */
static void folders_shorten(struct folders *f)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz012345";
	unsigned char bytes[ROOT_RANDOM];
	int tries, i;

	if (strlen(f->root) <= SHOWN_MAX)
		return;
	for (tries = 0; tries < 16; tries++) {
		char *at = stpcpy(f->link, FOLDERS_BASE "/" ROOT_NAME);

		if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
			break;
		for (i = 0; i < ROOT_RANDOM; i++)
			*at++ = letters[bytes[i] % (sizeof(letters) - 1)];
		*at = '\0';
		if (symlink(f->root, f->link) == 0)
			return;
		if (errno != EEXIST)
			break;
	}
	*f->link = '\0';
}

/* "Apart" is what ext4 does with folders below one that has this sign (T,
 * chattr(1)); other file systems do not know it. */
static bool folders_spread(const char *path, bool apart)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), flags, ret;

	if (fd < 0)
		return false;
	ret = ioctl(fd, FS_IOC_GETFLAGS, &flags);
	if (ret == 0) {
		flags = apart ? flags | FS_TOPDIR_FL : flags & ~FS_TOPDIR_FL;
		ret = ioctl(fd, FS_IOC_SETFLAGS, &flags);
	}
	close(fd);
	return ret == 0;
}

/* All that is made below a folder goes to that one's part of the disk, and a
 * root would have its base's, where everybody makes and removes: ext4 without
 * a journal passes over each inode that was freed there in the last minutes,
 * and a slot's folder takes 150 us instead of 17.  So a folder that was
 * made in a part of its own, within the root, takes the root's place. */
static void folders_move_apart(struct folders *f)
{
	char inner[PATH_MAX + ROOT_RANDOM + 1], to[PATH_MAX];
	int stem = (int)strlen(f->root) - ROOT_RANDOM;

	if (!folders_spread(f->root, true))
		return;
	snprintf(inner, sizeof(inner), "%s/XXXXXX", f->root);
	if (mkdtemp(inner)) {
		snprintf(to, sizeof(to), "%.*s%s", stem, f->root,
			 inner + strlen(f->root) + 1);
		if (raw_syscall(SYS_renameat2, AT_FDCWD, (long)inner, AT_FDCWD,
				(long)to, RENAME_NOREPLACE) == 0) {
			rmdir(f->root);
			memcpy(f->root, to, strlen(to) + 1);
			return;
		}
		rmdir(inner);
	}
	folders_spread(f->root, false);
}

int folders_open(struct folders *f, const char *base, struct err *err)
{
	char whole[PATH_MAX];
	int ret;

	*f = (struct folders){ .lock_fd = -1 };
	if (!realpath(base, whole))
		return err_sys(err, -errno, "%s", base);
	if (snprintf(f->root, sizeof(f->root), "%s/" ROOT_NAME "XXXXXX",
		     strcmp(whole, "/") == 0 ? "" : whole) >=
		    (int)(sizeof(f->root) - FOLDER_NAME_CAP) ||
	    !mkdtemp(f->root)) {
		ret = -errno;
		*f->root = '\0';
		return err_sys(err, ret, "%s", base);
	}
	folders_move_apart(f);
	ret = folders_lock(f);
	if (ret == 0)
		ret = folders_make_one(f, "run");
	if (ret < 0) {
		folders_remove(f);
		folders_close(f);
		return err_sys(err, ret, "%s", base);
	}
	folders_shorten(f);
	return 0;
}

void folders_close(struct folders *f)
{
	char *end = strrchr(f->root, '/');

	if (end) {
		*end = '\0';
		stale_remove(*f->root ? f->root : "/");
	}
	if (*f->link)
		stale_remove(FOLDERS_BASE);
	if (f->lock_fd >= 0)
		close(f->lock_fd);
	*f = (struct folders){ .lock_fd = -1 };
}
