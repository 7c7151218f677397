/* SPDX-License-Identifier: MIT */
/*
 * recordings.h - the folder of the last runs' recordings (DIR-2).
 *
 * A file per run, named by time and id; a run that goes on holds a flock(2)
 * on its own, so that another one does not take it away.  Runner only.
 */
#ifndef CLI_RECORDINGS_H
#define CLI_RECORDINGS_H

#include "base/err.h"
#include "base/str.h"
#include "record/replay.h"

#include <stdbool.h>

/* The newest so many are kept, and no more than so many bytes. */
#define RECORDINGS_KEEP 20u
#define RECORDINGS_BYTES (UINT64_C(1) << 30)

/* A new one; makes room for it.  Its descriptor and path, or -errno with a
 * sentence. */
int recordings_create(const char *run_id, struct str *path, struct err *err);

/* The same at this path; -EBUSY: another run records there. */
int recordings_create_at(const char *path, struct err *err);

/* A recording as a user names it: a file, the beginning of a run's id, or
 * "last". */
struct recorded {
	int fd;
	struct replay *replay;
};

/* Only the file: its descriptor, or -errno with a sentence. */
int recordings_open_file(const char *name, struct err *err);

/* 0 or -errno with a sentence; -ENOENT: there is none of that name. */
int recordings_open(struct recorded *r, const char *name, struct err *err);
void recordings_close(struct recorded *r);
/* The exit status when one cannot be used: what the user named may be wrong,
 * or not there. */
int recordings_status(const struct err *err);
/* Is it the file at path? */
bool recordings_is_file(int fd, const char *path);

#endif
