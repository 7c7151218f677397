/* SPDX-License-Identifier: MIT */
/*
 * dirs.h - where files of ours lie between runs (XDG base directories).
 * Runner only.
 */
#ifndef CLI_DIRS_H
#define CLI_DIRS_H

#include "base/err.h"
#include "base/str.h"

/* Appends $variable/shmrun, else $HOME/fallback/shmrun.  As the standard has
 * it, a path that is not absolute counts as none.  0, or -ENOENT with a
 * sentence. */
int dirs_find(struct str *path, const char *variable, const char *fallback,
	      struct err *err);

/* Makes a folder and its parents, for this user alone; 1 if the last one is
 * new, 0 if it was there, or -errno with a sentence. */
int dirs_make(const char *path, struct err *err);

#endif
