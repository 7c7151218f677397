/* SPDX-License-Identifier: MIT */
/*
 * watched.h - the files that --watch looks at: suites, and what their loader
 * has mapped.
 *
 * What changed is told by looking at them; inotify(7) says only when to look,
 * and where it is refused, or says nothing, a clock does.  Runner only.
 */
#ifndef CLI_WATCHED_H
#define CLI_WATCHED_H

#include "run/image.h"

#include <stdbool.h>
#include <stdint.h>

struct watched_file {
	char *path;
	bool suite;
	uint8_t n_during; /* runs in a row during which it changed */
	bool found_made;  /* by the last of so many that tests must write it */
	struct image run;  /* as it was when the last run began */
	struct image seen; /* when it was looked at last */
};

struct watched {
	struct watched_file *items;
	uint32_t n, cap;
	int fd; /* inotify(7); -1 = it is refused */
	bool blind; /* not all of their folders can be watched */
};

void watched_open(struct watched *w);
void watched_close(struct watched *w);

/* Once is enough. */
void watched_add(struct watched *w, const char *path, bool suite);
/* What a run has of a file is gone already: that is a change. */
void watched_distrust(struct watched *w, const char *path);
/* A run begins with what there is now. */
void watched_begin(struct watched *w);

/* A run has ended.  What changed during it is another one, unless it does so
 * each time: then what it is now is what that run had. */
void watched_end(struct watched *w);

/* How long until the next look, though nothing may be heard. */
int watched_period_ms(const struct watched *w);
/* Looks; true when something is not as it was at the last look. */
bool watched_look(struct watched *w);
/* One that is not as the last run had it; NULL = there is none.  What is gone
 * and is no suite is waited for. */
const struct watched_file *watched_changed(const struct watched *w);
/* A suite that is not there, or not all of it, or something else that changes
 * and is not all there; NULL = there is none.  *why ends the sentence
 * "FILE ...". */
const struct watched_file *watched_unready(const struct watched *w,
					   const char **why);

#endif
