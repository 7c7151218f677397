/* SPDX-License-Identifier: MIT */
#include "work/folder.h"

#include "base/str.h"
#include "model/event.h"
#include "shm/folders.h"
#include "work/stage.h"
#include "work/worker.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NEXT_TRIES 64

static worker_data struct {
	const struct heritage_folders *all; /* NULL = there are none */
	uint32_t number; /* of the tests' folder in use */
	int code;	 /* 0 = it is there; -errno = it cannot be made */
	bool has_fixtures; /* f3 has been made, or emptied, by this worker */
	bool shows_fixtures; /* theirs, or the run's, and no test's */
} folder;

const char *folder_root(void)
{
	return folder.all ? folder.all->root : NULL;
}

const char *folder_of_failure(void)
{
	return folder.all && folder.code == 0 && !folder.shows_fixtures &&
			       folder.all->keep != KEEP_FOLDERS_NEVER
		       ? folder.all->path : NULL;
}

/* ---- what is shown ----------------------------------------------------- */

/* The C library's page with strlen() would be a page more for each worker. */
hot_path static void folder_write(const char *name)
{
	const char *from;
	char *to;
	int i;

	for (i = 0; i < HERITAGE_FOLDERS; i++) {
		to = folder.all->names[i];
		for (from = name; to && (*to++ = *from); from++)
			;
	}
}

/* As the test sees it. */
static const char *folder_path(void)
{
	return folder.all->path;
}

static void folder_note(const char *before, const char *path,
			const char *behind, int code)
{
	struct str text = STR_INIT;

	str_addf(&text, "%s%s%s%s", before, path, behind,
		 code < 0 ? strerror(-code) : "");
	stage_note(NOTE_RUNNER, "", 0, str_get(&text));
	str_fini(&text);
}

static void folder_begin_fixtures(const char *name)
{
	int code = folder_empty(folder.all->root, name);

	folder.has_fixtures = true;
	if (code < 0)
		folder_note("the temporary folder of fixtures cannot be had: ",
			    name, ": ", code);
}

hot_path void folder_show(const struct worker *w, enum folder_of whose)
{
	char name[FOLDER_NAME_CAP];

	if (!folder.all)
		return;
	folder.shows_fixtures = whose != FOLDER_TEST;
	folder_name(name, w->slot, whose == FOLDER_TEST ? folder.number : 0);
	if (whose == FOLDER_FIXTURES) {
		name[0] = 'f';
		if (!folder.has_fixtures)
			folder_begin_fixtures(name);
	}
	folder_write(whose == FOLDER_RUN ? "run" : name);
}

/* ---- between two tests -------------------------------------------------- */

hot_path static void folder_publish(struct worker *w)
{
	atom32_store_relaxed(&w->self->folder,
			     folder.number << FOLDER_SHIFT |
				     FOLDER_MADE); /* E1 */
}

/* The tests' folder with the next number, which is empty. */
static int folder_next(struct worker *w)
{
	char path[PATH_MAX], name[FOLDER_NAME_CAP];
	uint32_t number = folder.number;
	int tries, code;

	for (tries = 0; tries < NEXT_TRIES; tries++) {
		folder_name(name, w->slot, ++number);
		snprintf(path, sizeof(path), "%s/%s", folder.all->root,
			 name);
		code = folder_make(path);
		if (code != -EEXIST)
			break;
	}
	if (code < 0)
		return code;
	folder.number = number;
	folder_write(name);
	folder_publish(w);
	return 0;
}

/* Apart, as folder_settle(): paths take a page of the stack, which a look must
 * not touch. */
__attribute__((noinline)) static void folder_clear(struct worker *w)
{
	char name[FOLDER_NAME_CAP];
	int code;

	folder_name(name, w->slot, folder.number);
	code = folder_empty(folder.all->root, name);
	if (code == 0)
		return;
	folder_note("its temporary folder cannot be emptied, and stays: ",
		    folder_path(), ": ", code);
	/* No other test may find it. */
	if (folder_next(w) < 0)
		w->retire = true;
}

static void folder_keep(struct worker *w)
{
	char path[PATH_MAX];
	int code;

	snprintf(path, sizeof(path), "%s", folder_path());
	code = folder_next(w);
	if (code == 0) {
		folder_note(FOLDER_KEPT, path, "", 0);
		return;
	}
	folder_note("its temporary folder cannot be kept: ", path, ": ", code);
	folder_clear(w);
}

/* Nothing is in it, or it is not there: one as new takes its place. */
static bool folder_is_bare(void)
{
	if (rmdir(folder_path()) < 0 && errno != ENOENT)
		return false;
	return folder_make(folder_path()) == 0;
}

static bool folder_is_wanted(const struct finding *f)
{
	uint32_t keep = folder.all->keep;

	if (f->outcome == OUTCOME_PASS)
		return keep == KEEP_FOLDERS_ALWAYS;
	return keep != KEEP_FOLDERS_NEVER;
}

__attribute__((noinline)) static void folder_settle(struct worker *w,
						    struct finding *f)
{
	/* Out of time, whatever it has come to: bury looks at it. */
	if (current_load(&w->self->current).phase == PHASE_KILL) /* E2 */
		return;
	if (folder_is_bare())
		return;
	/* What has come of it is told even if it passed. */
	f->has_notes = true;
	if (folder_is_wanted(f))
		folder_keep(w);
	/* Who still writes there may be quicker for ever: what is left is its
	 * successor's to remove (run/estate.c). */
	else if (!f->has_threads || !worker_must_leave(w))
		folder_clear(w);
}

hot_path void folder_end(struct worker *w, struct finding *f)
{
	if (folder.all && folder.code == 0 && unlikely(folder_is_touched(folder_path())))
		folder_settle(w, f);
}

/* ---- begin and end ------------------------------------------------------ */

hot_path void folder_open(struct worker *w, const struct heritage *h)
{
	uint32_t word;

	if (!h->folders)
		return;
	folder.all = h->folders;
	word = atom32_load_relaxed(&w->self->folder); /* E3 */
	folder.number = word >> FOLDER_SHIFT;
	folder.code = word & FOLDER_MADE ? 0 : -ENOENT;
	folder_show(w, FOLDER_TEST);
	/* The one before it died, and left something to nobody. */
	if (unlikely(word & FOLDER_UNCLEAN))
		folder_clear(w);
}

/* A worker before may have made it, and died. */
__attribute__((noinline)) static void folder_take_over(const struct worker *w)
{
	char name[FOLDER_NAME_CAP];

	folder_name(name, w->slot, folder.number);
	folder.code = folder_empty(folder.all->root, name);
}

hot_path __attribute__((noinline)) static void folder_begin(struct worker *w)
{
	folder.code = folder_make(folder_path());
	if (unlikely(folder.code < 0))
		folder_take_over(w);
	if (folder.code == 0)
		folder_publish(w);
}

hot_path void folder_prepare(struct worker *w)
{
	if (unlikely(folder.code < 0))
		folder_begin(w);
}

hot_path bool folder_is_there(void)
{
	if (likely(folder.code == 0))
		return true;
	folder_note("its temporary folder cannot be made: ", folder_path(),
		    ": ", folder.code);
	return false;
}

void folder_close(const struct worker *w)
{
	char name[FOLDER_NAME_CAP];

	if (!folder.all || !folder.has_fixtures)
		return;
	folder_name(name, w->slot, 0);
	name[0] = 'f';
	folder_empty(folder.all->root, name);
}
