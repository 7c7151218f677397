/* SPDX-License-Identifier: MIT */
/*
 * folders.h - the temporary folders of a run (VAR-12, DEF-18, ENV-11), as all of
 * its processes know them.
 *
 *	$TMPDIR/shmrun-XXXXXX/	the root; the runner's
 *		run/		suites when they are loaded, run fixtures
 *		f3/		worker and scope fixtures of slot 3
 *		w3/ w3.1/ ...	tests of slot 3, in turn
 *		lock		held as long as the runner lives
 *
 * A slot's tests have one folder after the other, for as long as nobody leaves
 * anything in it that is to be kept: then the slot goes on to the next number.
 * So the last number of a slot is the one in use, and those before it are kept;
 * whoever ends a run needs to know no more than that.
 *
 * Whether a test has touched its folder is seen by one look: an empty one has
 * a time of change that nothing else has (folder_make()).
 */
#ifndef SHM_FOLDERS_H
#define SHM_FOLDERS_H

#include "base/err.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

/* Which are kept (DEF-18). */
enum keep_folders { KEEP_FOLDERS_FAILED, KEEP_FOLDERS_ALWAYS, KEEP_FOLDERS_NEVER };

/* Where there is no TMPDIR, and where short names of long roots are. */
#define FOLDERS_BASE "/tmp"

/* What is told of one, in front of its path. */
#define FOLDER_KEPT "its temporary folder is kept: "

#define FOLDER_NAME_CAP 24 /* "/w65535.4294967295" */

/* The runner's.  Zeroed: there are none. */
struct folders {
	char root[PATH_MAX]; /* "" = there are none */
	char link[PATH_MAX]; /* a shorter name of it; "" = it needs none */
	int lock_fd;
};

/* A root in the folder base; 0 or -errno. */
int folders_open(struct folders *f, const char *base, struct err *err);
/* What tests see of it. */
const char *folders_shown(const struct folders *f);
/* Removes all but what is kept.  Nobody of the run is left.  0, or -errno when
 * something else could not be removed. */
int folders_remove(const struct folders *f);
/* Also removes the roots beside it whose runner has been killed. */
void folders_close(struct folders *f);

/* What a slot's page says of it: its number, and ... */
#define FOLDER_UNCLEAN 1u /* a dead worker has left something in it */
#define FOLDER_MADE 2u	  /* it is there */
#define FOLDER_SHIFT 2

/* ---- one of them, by its path ------------------------------------------- */

/* NAME, or "NAME.NUMBER", of a test's folder, behind a '/'. */
void folder_name(char name[FOLDER_NAME_CAP], uint32_t slot, uint32_t number);

/* Has anything been done to it since it was made or emptied? */
bool folder_is_touched(const char *path);

/* Is there anything in it? */
bool folder_is_full(const char *path);

/* Makes one that is not there; 0 or -errno. */
int folder_make(const char *path);
/* Empties the one of that name in the root, or makes it; what else may stand
 * in its place goes.  0 or -errno. */
int folder_empty(const char *root, const char *name);

#endif
