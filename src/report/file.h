/* SPDX-License-Identifier: MIT */
/*
 * file.h - a report's file: written beside its place and renamed into it, so
 * that there is the whole report or the one before.
 *
 * What is there and is no regular file (/dev/stdout, a pipe) is written as it
 * is.  Runner only.
 */
#ifndef REPORT_FILE_H
#define REPORT_FILE_H

#include "base/err.h"

#include <sys/types.h>

struct report_file {
	int fd;
	char *path;
	char *temporary; /* NULL = written in place */
	off_t marked;	 /* so much is written */
};

/* 0, or -errno with a sentence. */
int report_file_open(struct report_file *f, const char *path,
		     struct err *err);

/* Can it be opened?  Nothing changes.  As report_file_open(). */
int report_file_check(const char *path, struct err *err);

/* Before a fork: the copy ends here, whatever the parent writes meanwhile. */
void report_file_mark(struct report_file *f);
/* In the child: a file of its own behind the same descriptor.  0, or -errno;
 * -ENOTSUP of one that is written in place. */
int report_file_copy(struct report_file *f);

/* Puts it in its place when code is 0, else takes it away.  code, or -errno
 * if the file could not be completed. */
int report_file_close(struct report_file *f, int code);

#endif
