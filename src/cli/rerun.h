/* SPDX-License-Identifier: MIT */
/*
 * rerun.h - a command line, for a shell, that replays a few tests of a
 * recording: what the user typed, with other tests selected.  Runner only.
 */
#ifndef CLI_RERUN_H
#define CLI_RERUN_H

#include "cli/replaying.h"

/* A line.  steps are of the replay's sequence, and its last one runs too. */
void rerun_print(struct str *out, const struct options *o,
		 const struct replaying *r, const uint32_t *steps, uint32_t n);

#endif
