/* SPDX-License-Identifier: MIT */
/*
 * trim.h - frames as text, without those that are nobody's: what called the
 * test.
 */
#ifndef UNWIND_TRIM_H
#define UNWIND_TRIM_H

#include "unwind/walk.h"

/* Leaves out the outermost frames that are in the program at `own`, or that
 * started it. */
void trim_frames(struct frames *frames, const char *own);

/* "function at file:line (object+0xoffset)", a line each. */
void trim_write(const struct frames *frames, struct str *out);

#endif
