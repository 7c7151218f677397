/* SPDX-License-Identifier: MIT */
/* complain.h - tells the user, on stderr, what went wrong. */
#ifndef CLI_COMPLAIN_H
#define CLI_COMPLAIN_H

#include "base/err.h"

/* "shmrun: <sentence>"; the same status. */
int complain(int status, const struct err *err);

/* What a command is for was written, or not: code < 0.  Its exit status. */
int complain_written(int code, const char *what);

#endif
