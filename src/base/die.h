/* SPDX-License-Identifier: MIT */
/*
 * die.h - the two ways a process of ours ends at once.
 *
 * die() is for the user: one sentence on stderr and an exit status.  It is
 * for cli/ and for running out of memory; everything else returns a
 * struct err.  bug_on() is for us: an invariant does not hold, abort.  In a
 * worker the runner makes an outcome of the abort.
 */
#ifndef BASE_DIE_H
#define BASE_DIE_H

#include "base/compiler.h"

/* The program's name in front of messages: one of our two globals. */
extern const char *program_name;

/* Prints "shmrun: <sentence>" on stderr and exits with status. */
no_return void die(int status, const char *fmt, ...) printf_like(2, 3);

no_return void bug(const char *file, int line, const char *what);

#define bug_on(cond)                                                          \
	do {                                                                  \
		if (unlikely(cond))                                           \
			bug(__FILE__, __LINE__, #cond);                       \
	} while (0)

#endif
