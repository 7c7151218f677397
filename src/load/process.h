/* SPDX-License-Identifier: MIT */
/*
 * process.h - what the loader is as a process, apart from what it does: its
 * signals, its limits, its standing among the others.
 */
#ifndef LOAD_PROCESS_H
#define LOAD_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

/* From exec() to a process that may open suites; ends it when the runner has
 * gone meanwhile. */
void process_become_loader(int sock, pid_t runner);

/* The signals of the terminal's keys are for the test and its debugger
 * (SIG-14). */
void process_ignore_keys(void);

/* soft_files: of RLIMIT_NOFILE, 0 = as it is; core_bytes: as far as the user's
 * own limit goes, 0 = no cores. */
void process_limit(unsigned long soft_files, unsigned long core_bytes);

/* May a file have so many bytes?  To try would be SIGXFSZ. */
bool process_may_write(size_t len);

/* A signalfd of SIGCHLD, or -1 and errno. */
int process_watch_children(void);

/* A constructor may have changed it, and the ends of workers would be lost. */
void process_own_sigchld(void);

int process_count_threads(void);

#endif
