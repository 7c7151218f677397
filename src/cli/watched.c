/* SPDX-License-Identifier: MIT */
#include "cli/watched.h"

#include "base/mem.h"
#include "base/sys.h"
#include "base/vec.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

/* Other machines' changes of a shared file system are not heard of. */
#define PERIOD_MS 5000
/* Somebody who writes during so many runs in a row is one of their tests. */
#define DURING_MAX 3
#define BLIND_MS 500
#define EVENTS                                                                \
	(IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_MODIFY |    \
	 IN_CLOSE_WRITE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF |         \
	 IN_ONLYDIR)

void watched_open(struct watched *w)
{
	*w = (struct watched){ .fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK) };
}

void watched_close(struct watched *w)
{
	uint32_t i;

	for (i = 0; i < w->n; i++)
		free(w->items[i].path);
	free(w->items);
	if (w->fd >= 0)
		close(w->fd);
	*w = (struct watched){ .fd = -1 };
}

static struct watched_file *watched_find(const struct watched *w,
					 const char *path)
{
	uint32_t i;

	for (i = 0; i < w->n; i++)
		if (strcmp(w->items[i].path, path) == 0)
			return &w->items[i];
	return NULL;
}

/* By another path, such as that of a link. */
static bool watched_has(const struct watched *w, const struct image *image)
{
	uint32_t i;

	for (i = 0; i < w->n && image->known; i++)
		if (image_is_same(&w->items[i].seen, image))
			return true;
	return false;
}

void watched_add(struct watched *w, const char *path, bool suite)
{
	struct image now = image_take(path);

	if (watched_find(w, path) || watched_has(w, &now))
		return;
	vec_room(w->items, w->n, w->cap);
	w->items[w->n++] = (struct watched_file){ .path = mem_strdup(path),
						  .suite = suite,
						  .run = now,
						  .seen = now };
}

void watched_distrust(struct watched *w, const char *path)
{
	struct watched_file *f;

	watched_add(w, path, false);
	f = watched_find(w, path);
	/* Of no file that there is. */
	if (f)
		f->run = (struct image){ .known = true };
}

void watched_begin(struct watched *w)
{
	uint32_t i;

	watched_look(w);
	for (i = 0; i < w->n; i++)
		w->items[i].run = w->items[i].seen;
}

/* ---- when to look ---------------------------------------------------- */

static void watched_hear_folder(struct watched *w, const char *path)
{
	char *copy = mem_strdup(path);
	char *slash = strrchr(copy, '/');
	const char *folder = ".";

	if (slash && slash != copy)
		*slash = '\0';
	if (slash)
		folder = slash == copy ? "/" : copy;
	if (w->fd < 0 || inotify_add_watch(w->fd, folder, EVENTS) < 0)
		w->blind = true;
	free(copy);
}

/* Folders may be made anew, so they are named each time; the kernel knows
 * those that it has.  A link and what it leads to may lie in two. */
static void watched_hear(struct watched *w)
{
	char target[PATH_MAX], events[4096];
	uint32_t i;

	while (w->fd >= 0 && read(w->fd, events, sizeof(events)) > 0)
		;
	w->blind = false;
	for (i = 0; i < w->n; i++) {
		watched_hear_folder(w, w->items[i].path);
		if (realpath(w->items[i].path, target))
			watched_hear_folder(w, target);
	}
}

int watched_period_ms(const struct watched *w)
{
	return w->blind ? BLIND_MS : PERIOD_MS;
}

bool watched_look(struct watched *w)
{
	bool news = false;
	uint32_t i;

	/* First listen, then look: what comes between is heard. */
	watched_hear(w);
	for (i = 0; i < w->n; i++) {
		struct image now = image_take(w->items[i].path);

		news |= !image_is_same(&now, &w->items[i].seen);
		w->items[i].seen = now;
	}
	return news;
}

/* ---- what was seen --------------------------------------------------- */

/* A library that is gone may come back; one that a suite makes for itself
 * goes with each run. */
static bool watched_is_news(const struct watched_file *f)
{
	return (f->suite || f->seen.known) && !image_is_same(&f->seen, &f->run);
}

void watched_end(struct watched *w)
{
	uint32_t i;

	watched_look(w);
	for (i = 0; i < w->n; i++) {
		struct watched_file *f = &w->items[i];

		f->found_made = false;
		if (!watched_is_news(f)) {
			f->n_during = 0;
			continue;
		}
		if (f->n_during < DURING_MAX)
			f->found_made = ++f->n_during == DURING_MAX;
		if (f->n_during == DURING_MAX)
			f->run = f->seen;
	}
}

const struct watched_file *watched_changed(const struct watched *w)
{
	uint32_t i;

	for (i = 0; i < w->n; i++)
		if (watched_is_news(&w->items[i]))
			return &w->items[i];
	return NULL;
}

/* A linker writes the table of sections last, and says first where it will
 * be. */
static bool watched_is_whole(const struct watched_file *f)
{
	int fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	Elf64_Ehdr head = { 0 };
	ssize_t len;

	if (fd < 0)
		return true;
	len = sys_pread_all(fd, &head, sizeof(head), 0);
	close(fd);
	if (len < (ssize_t)sizeof(head) ||
	    memcmp(head.e_ident, ELFMAG, SELFMAG) != 0)
		return len != 0 || !f->suite;
	return (uint64_t)f->seen.size >= sizeof(head) &&
	       head.e_shoff <= (uint64_t)f->seen.size &&
	       (uint64_t)head.e_shnum * head.e_shentsize <=
		       (uint64_t)f->seen.size - head.e_shoff;
}

const struct watched_file *watched_unready(const struct watched *w,
					   const char **why)
{
	uint32_t i;

	for (i = 0; i < w->n; i++) {
		const struct watched_file *f = &w->items[i];

		*why = f->seen.known ? "is not complete" : "is gone";
		if (!f->seen.known) {
			if (f->suite)
				return f;
		} else if ((f->suite || watched_is_news(f)) &&
			   !watched_is_whole(f)) {
			return f;
		}
	}
	return NULL;
}
