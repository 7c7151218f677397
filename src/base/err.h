/* SPDX-License-Identifier: MIT */
/*
 * err.h - why the world said no: a code and one sentence.
 *
 * For failures of the world only (a file is missing, a kernel refuses, an
 * option is wrong).  A test's outcome is data, not an error; a broken
 * invariant is bug_on() in die.h.
 *
 * A function that can fail takes a `struct err *` last, returns 0 or -errno,
 * and writes the sentence when it fails.  Callers add context in front with
 * err_wrap().  Only cli/ prints it.  Any role may use it; the caller owns it.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/compiler.h"

#define ERR_TEXT_CAP 512

struct err {
	int code;		/* -errno, or 0 when nothing went wrong */
	char text[ERR_TEXT_CAP]; /* one sentence without a newline */
};

/* Sets code and sentence; returns code, so that `return err_set(...)` works.
 * code is a negative errno value.  err may be NULL. */
int err_set(struct err *err, int code, const char *fmt, ...) printf_like(3, 4);

/* As err_set(), with ": " and strerror(-code) behind the sentence, and where
 * that is the limit of file sizes, how large it is. */
int err_sys(struct err *err, int code, const char *fmt, ...) printf_like(3, 4);

/* Puts "text: " in front of the sentence; returns the code. */
int err_wrap(struct err *err, const char *fmt, ...) printf_like(2, 3);

#endif
