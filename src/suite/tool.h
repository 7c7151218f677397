/* SPDX-License-Identifier: MIT */
/*
 * tool.h - asks a build system's own tool, or a file that it wrote, what tests
 * there are.
 *
 * Loader only: the tool is in the loader's group, and ends with it when it
 * takes too long (TIME-12).
 */
#ifndef SUITE_TOOL_H
#define SUITE_TOOL_H

#include "base/err.h"

#include <stddef.h>

#define TOOL_OUTPUT_MAX (256u << 20)

/* Runs argv in folder and takes its stdout, to be freed; one byte more is
 * there.  0, or -errno with a sentence. */
int tool_run(const char *const *argv, const char *folder, char **text,
	     size_t *len, struct err *err);
/* The same of a file. */
int tool_read(const char *path, char **text, size_t *len, struct err *err);

#endif
