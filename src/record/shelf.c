/* SPDX-License-Identifier: MIT */
#include "record/shelf.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/mem.h"
#include "base/sys.h"
#include "base/vec.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SHELF_SUFFIX ".timings"
#define SHELF_LABEL_MAX 64
#define LOCK_BUDGET_NS NS_PER_S /* FILE-3 */
#define LOCK_STEP_NS (2 * NS_PER_MS)

static const char shelf_tag[] =
	"Signature: 8a477f597d28d172789f06886806bc55\n"
	"# This folder holds what shmrun can learn again.\n"
	"# About cache folder tags see https://bford.info/cachedir/\n";

void shelf_tell(const struct shelf_teller *teller, bool quiet,
		const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (teller->tell)
		teller->tell(teller->ctx, quiet, text);
}

/* ---- the folder ------------------------------------------------------ */

/* Makes a folder and its parents; 1 when the last one is new. */
static int shelf_make_folder(const char *path)
{
	char *copy = mem_strdup(path), *at = copy;
	int ret = 0;

	do {
		at += strspn(at, "/");
		at += strcspn(at, "/");
		if (*at == '/')
			*at = '\0';
		else
			at = NULL;
		ret = mkdir(copy, 0777) == 0 ? 1 : 0;
		if (ret == 0 && errno != EEXIST && !at)
			ret = -errno;
		if (at)
			*at++ = '/';
	} while (at && *at);
	free(copy);
	return ret;
}

/* A folder that was there before may hold more than what can be lost. */
static void shelf_put_tag(const char *cache_dir)
{
	struct str path = STR_INIT;
	int fd;

	str_addf(&path, "%s/CACHEDIR.TAG", cache_dir);
	fd = open(str_get(&path), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd >= 0) {
		sys_write_all(fd, shelf_tag, sizeof(shelf_tag) - 1);
		close(fd);
	}
	str_fini(&path);
}

int shelf_open(struct shelf *shelf, const char *cache_dir, bool create,
	       const struct shelf_teller *teller, struct err *err)
{
	struct str path = STR_INIT;
	int ret = create ? shelf_make_folder(cache_dir) : 0;

	if (ret == 1)
		shelf_put_tag(cache_dir);
	str_addf(&path, "%s/timings", cache_dir);
	if (create && ret >= 0)
		mkdir(str_get(&path), 0777);
	*shelf = (struct shelf){ .path = path.text, .teller = *teller };
	shelf->fd = open(path.text, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (shelf->fd >= 0)
		return 0;
	ret = err_sys(err, ret < 0 ? ret : -errno, "%s", path.text);
	shelf_close(shelf);
	return ret;
}

void shelf_close(struct shelf *shelf)
{
	if (shelf->fd >= 0)
		close(shelf->fd);
	free(shelf->path);
	*shelf = (struct shelf){ .fd = -1 };
}

/* A dot is plain but in front, where it hides the file. */
static bool shelf_is_plain(char c, bool in_front)
{
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') ||
	       c == '-' || c == '_' || c == '+' || (c == '.' && !in_front);
}

/* Readable as far as it goes, and unique. */
char *shelf_file(const char *suite, const char *profile)
{
	struct str file = STR_INIT;
	const char *p;

	for (p = suite; *p && file.len < SHELF_LABEL_MAX; p++)
		if (shelf_is_plain(*p, p == suite))
			str_add_char(&file, *p);
		else
			str_add_char(&file, '_');
	str_addf(&file, "-%016llx", (unsigned long long)id_test(
			id_bytes(suite, strlen(suite)), profile,
			strlen(profile)));
	str_add(&file, SHELF_SUFFIX);
	return file.text;
}

/* ---- reading --------------------------------------------------------- */

static int shelf_open_file(const struct shelf *shelf, const char *file)
{
	return openat(shelf->fd, file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

/* The next run begins anew; what is left can be looked at. */
static void shelf_move_aside(const struct shelf *shelf, const char *file,
			     const struct err *err)
{
	struct str aside = STR_INIT;
	int ret;

	str_addf(&aside, "%s.damaged", file);
	ret = renameat(shelf->fd, file, shelf->fd, str_get(&aside));
	shelf_tell(&shelf->teller, false, "timings %s/%s: %s%s", shelf->path,
		   file, err->text, ret == 0 ? "; moved aside" : "");
	str_fini(&aside);
}

int shelf_load(const struct shelf *shelf, const char *file, struct book *book)
{
	int fd = shelf_open_file(shelf, file), ret = fd < 0 ? -errno : 0;
	struct err err = { 0 };

	if (ret == -ENOENT)
		return ret;
	if (ret < 0) {
		err_sys(&err, ret, "it cannot be read");
	} else {
		ret = book_read(book, fd, &err);
		close(fd);
	}
	if (ret == -EBADMSG)
		shelf_move_aside(shelf, file, &err);
	else if (ret < 0)
		shelf_tell(&shelf->teller, false,
			   "timings %s/%s: %s; left alone", shelf->path, file,
			   err.text);
	return ret;
}

bool shelf_is_same(const struct shelf *shelf, const char *file,
		   const struct book *book)
{
	int fd = shelf_open_file(shelf, file);
	uint64_t check;

	if (fd < 0)
		return false;
	check = book_read_check(fd);
	close(fd);
	return check && check == book->check;
}

/* ---- writing --------------------------------------------------------- */

static bool shelf_is_read_only(int code)
{
	return code == -EROFS || code == -EACCES || code == -EPERM;
}

static int shelf_cannot_save(const struct shelf *shelf, int code)
{
	shelf_tell(&shelf->teller, shelf_is_read_only(code),
		   "timings are not saved in %s: %s", shelf->path,
		   strerror(-code));
	return code;
}

/* Each book is a byte of one lock file. */
static int shelf_try_lock(int fd, const char *file)
{
	struct flock lock = {
		.l_type = F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = (off_t)(id_bytes(file, strlen(file)) >> 2),
		.l_len = 1,
	};

	return fcntl(fd, F_OFD_SETLK, &lock) < 0 ? -errno : 0;
}

static int shelf_await_lock(int fd, const char *file)
{
	const struct timespec step = clock_timespec(LOCK_STEP_NS);
	uint64_t end_ns = clock_now_ns() + LOCK_BUDGET_NS;
	int ret;

	while ((ret = shelf_try_lock(fd, file)) == -EAGAIN ||
	       ret == -EACCES) {
		if (clock_now_ns() >= end_ns)
			return -EAGAIN;
		nanosleep(&step, NULL);
	}
	return ret;
}

int shelf_lock(const struct shelf *shelf, const char *file)
{
	int fd = openat(shelf->fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	int ret;

	if (fd < 0)
		return shelf_cannot_save(shelf, -errno);
	ret = shelf_await_lock(fd, file);
	if (ret == 0)
		return fd;
	close(fd);
	if (ret != -EAGAIN)
		return shelf_cannot_save(shelf, ret);
	shelf_tell(&shelf->teller, false,
		   "timings are not saved: another run holds %s/%s",
		   shelf->path, file);
	return ret;
}

void shelf_unlock(int lock)
{
	close(lock);
}

static int shelf_write(int fd, const struct book *book)
{
	int ret = book_write(book, fd);

	if (ret == 0 && fsync(fd) < 0)
		ret = -errno;
	if (close(fd) < 0 && ret == 0)
		ret = -errno;
	return ret;
}

int shelf_put(const struct shelf *shelf, const char *file,
	      const struct book *book)
{
	struct str fresh = STR_INIT;
	int fd, ret;

	/* The same name each time: what a killed run left is written over. */
	str_addf(&fresh, "%s.new", file);
	fd = openat(shelf->fd, str_get(&fresh),
		    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	ret = fd < 0 ? -errno : shelf_write(fd, book);
	if (ret == 0 &&
	    renameat(shelf->fd, str_get(&fresh), shelf->fd, file) < 0)
		ret = -errno;
	if (ret < 0) {
		unlinkat(shelf->fd, str_get(&fresh), 0);
		shelf_cannot_save(shelf, ret);
	}
	str_fini(&fresh);
	return ret;
}

int shelf_remove(const struct shelf *shelf, const char *file)
{
	return unlinkat(shelf->fd, file, 0) < 0
		       ? shelf_cannot_save(shelf, -errno) : 0;
}

/* ---- all of them ----------------------------------------------------- */

static bool shelf_is_book(const char *file)
{
	size_t len = strlen(file), suffix = sizeof(SHELF_SUFFIX) - 1;

	return len > suffix && strcmp(file + len - suffix, SHELF_SUFFIX) == 0;
}

static int shelf_by_name(const void *va, const void *vb)
{
	char *const *a = va, *const *b = vb;

	return strcmp(*a, *b);
}

char **shelf_list(const struct shelf *shelf)
{
	int fd = openat(shelf->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	char **files = NULL;
	size_t n = 0, cap = 0;

	while (dir && (entry = readdir(dir))) {
		if (!shelf_is_book(entry->d_name))
			continue;
		vec_room(files, n, cap);
		files[n++] = mem_strdup(entry->d_name);
	}
	if (n)
		qsort(files, n, sizeof(*files), shelf_by_name);
	if (dir)
		closedir(dir);
	vec_room(files, n, cap);
	files[n] = NULL;
	return files;
}

void shelf_free_list(char **files)
{
	size_t i;

	for (i = 0; files[i]; i++)
		free(files[i]);
	free(files);
}

/* Has it been left by a run that was killed, or moved aside? */
static bool shelf_is_litter(const char *file)
{
	const char *end = strstr(file, SHELF_SUFFIX ".");

	return end && (strcmp(end, SHELF_SUFFIX ".new") == 0 ||
		       strcmp(end, SHELF_SUFFIX ".damaged") == 0);
}

void shelf_sweep(const struct shelf *shelf)
{
	int fd = openat(shelf->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (shelf_is_litter(entry->d_name))
			unlinkat(shelf->fd, entry->d_name, 0);
	if (dir)
		closedir(dir);
}
