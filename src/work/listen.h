/* SPDX-License-Identifier: MIT */
/*
 * listen.h - a program that prints TAP: its stdout is a pipe that the worker
 * reads while the program runs, passes on to the slot's spool, and tells the
 * points of (TAP-1, TAP-2).  Criterion's report of one test comes by a pipe of
 * its own, and is not passed on (CRX-5).
 *
 * The reading ends with the program: who holds the pipe behind it is left
 * 50 ms, as for all output (DEF-8).
 */
#ifndef WORK_LISTEN_H
#define WORK_LISTEN_H

#include <sys/types.h>

struct finding;
struct program;
struct program_end;

/* A pipe for the program that comes next: its end to write to, close-on-exec,
 * or -errno. */
int listen_open(const struct program *p);

/* Reads until the program, a child of this process, has ended; it is left to
 * be waited for.  Closes both ends. */
void listen_to(pid_t pid);
/* Nothing was started. */
void listen_cancel(void);

/* What its lines come to. */
void listen_judge(struct program_end *end, struct finding *f);

#endif
