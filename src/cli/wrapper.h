/* SPDX-License-Identifier: MIT */
/*
 * wrapper.h - --wrapper CMD, the command that tests which are programs are
 * started by (DBG-2).  Runner only.
 */
#ifndef CLI_WRAPPER_H
#define CLI_WRAPPER_H

#include "base/err.h"
#include "model/listing.h"
#include "model/plan.h"
#include "suite/words.h"

/* Its words, the first of them the path of a program, and NULL behind the last
 * one; n = 0 where command is NULL.  words_fini() frees them.  0, or -EINVAL
 * with a sentence. */
int wrapper_open(struct words *words, const char *command, struct err *err);
/* Can all of these tests be wrapped?  0, or -EINVAL with a sentence. */
int wrapper_check(const struct listing *listing, const struct plan *selected,
		  struct err *err);
bool wrapper_is_valgrind(const struct words *words);
/* So many times longer than without it may a test take (TIME-6). */
double wrapper_slowness(const struct words *words);

#endif
