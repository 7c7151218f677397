/* SPDX-License-Identifier: MIT */
/*
 * core.h - the core file of a test that is a process of another program
 * (PROC-17).
 *
 * No handler of ours changes to the folder of the test before it dies: the
 * kernel writes the core to where it stood.  What lies in the folder that it
 * was started in is moved when it is dead, and only if it says itself that it
 * is of that process, and is not older than the test.
 */
#ifndef WORK_CORE_H
#define WORK_CORE_H

#include <stdint.h>
#include <sys/types.h>

struct worker;

/* Of the process that the test was: its end as waitpid(2) has it, and where it
 * began.  Beside the test, before its folder is looked at. */
void core_fetch(const struct worker *w, pid_t pid, int status,
		const char *folder);

/* ---- for tests ------------------------------------------------------- */

/* Moves the core of a process from one folder to another, if there is one that
 * has changed since that second.  Its name is in name then.  0, -ENOENT: there
 * is none, or -errno: it stays. */
#define CORE_NAME_CAP 256
int core_move(pid_t pid, int64_t since, const char *from, const char *to,
	      char name[CORE_NAME_CAP]);

#endif
