/* SPDX-License-Identifier: MIT */
/*
 * signame.h - names of signals (signal(7)), independent of the libc.
 */
#ifndef REPORT_SIGNAME_H
#define REPORT_SIGNAME_H

#include "base/str.h"

/* "SIGSEGV"; "signal 34" for one without a name of its own. */
void signame_add(struct str *out, int signo);

#endif
