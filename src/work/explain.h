/* SPDX-License-Identifier: MIT */
/*
 * explain.h - a failed check in words: the expressions, both values, and the
 * message.  Pure text; worker and test child.
 */
#ifndef WORK_EXPLAIN_H
#define WORK_EXPLAIN_H

#include "base/compiler.h"

#include <stdarg.h>
#include <stddef.h>

#define EXPLAIN_CAP 4096

struct shmrun_check_;

/* Writes lines separated by \n, without one at the end.  fmt may be NULL. */
void explain_check(char *text, size_t cap, const struct shmrun_check_ *check,
		   const char *fmt, va_list ap) printf_like(4, 0);

#endif
