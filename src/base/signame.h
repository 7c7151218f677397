/* SPDX-License-Identifier: MIT */
/*
 * signame.h - names of signals (signal(7)), independent of the libc: musl has
 * no sigabbrev_np(3).
 */
#ifndef BASE_SIGNAME_H
#define BASE_SIGNAME_H

#include "base/str.h"

#include <stdbool.h>

/* "SIGSEGV"; "a signal without a name" for one that has none of its own. */
const char *signame_get(int signo);
/* "SIGSEGV"; "signal 34" for one without a name of its own. */
void signame_add(struct str *out, int signo);

/* "SEGV_MAPERR", "SI_USER": the name of a siginfo_t's code; NULL for one that
 * has none. */
const char *signame_code(int signo, int code);
/* Is si_addr what the test touched? */
bool signame_has_address(int signo, int code);

#endif
