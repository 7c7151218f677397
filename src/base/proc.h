/* SPDX-License-Identifier: MIT */
/*
 * proc.h - what /proc says of another process, read with care: names and
 * command lines are what tests have made of them, and the process may end
 * meanwhile.  Nothing here waits for the process: not for its memory either,
 * which one that is stuck in the kernel may have locked.
 */
#ifndef BASE_PROC_H
#define BASE_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PROC_NAME_CAP 20
#define PROC_COMMAND_CAP 96

struct proc_stat {
	char name[PROC_NAME_CAP]; /* as ps(1) has it, in plain ASCII */
	char state;		  /* R, S, D, T, t, Z ... */
	pid_t parent, group;
	uint64_t cpu_ns;      /* of it and of the children it awaited */
	uint64_t start_ns;    /* CLOCK_BOOTTIME */
	uint64_t rss;	      /* bytes */
	uint32_t n_threads;
};

/* Text of /proc/PID/stat; false when it is none. */
bool proc_parse_stat(const char *text, struct proc_stat *out);
/* False when there is no such process. */
bool proc_stat(pid_t pid, struct proc_stat *out);

bool proc_stat_thread(pid_t pid, pid_t tid, struct proc_stat *out);

/* How long all its threads ran so far, and how long they waited for a
 * processor; false where the kernel does not count that. */
bool proc_sched(pid_t pid, uint64_t *cpu_ns, uint64_t *wait_ns);

/* The system call that a thread is in, "read of descriptor 5 (pipe:[17])", and
 * the place in the kernel where it sleeps.  False when it is in none, or it is
 * not told. */
#define PROC_CALL_CAP 160
bool proc_call(pid_t pid, pid_t tid, char *out, size_t cap);
bool proc_wait_channel(pid_t pid, pid_t tid, char *out, size_t cap);

/* Functions, the innermost first, "a < b < c".  Mostly only root may know. */
#define PROC_STACK_CAP 512
bool proc_kernel_stack(pid_t pid, char *out, size_t cap);

/* "4711 (sleep 25)": its command line if that differs from that of another
 * process, of which it may be a mere fork; else its name.  In plain ASCII, and
 * never longer than cap. */
#define PROC_TITLE_CAP (PROC_COMMAND_CAP + 16)
void proc_title(pid_t pid, const struct proc_stat *stat, pid_t other,
		char *out, size_t cap);

/* Has it a handler for that signal?  False also when it is not told. */
bool proc_catches(pid_t pid, int signo);

/* Threads but the first, at most cap; the count. */
int proc_threads(pid_t pid, pid_t *tids, int cap);
void proc_thread_name(pid_t pid, pid_t tid, char *out, size_t cap);

/* Direct children of any process, at most cap; the count. */
int proc_children(pid_t pid, pid_t *pids, int cap);

#endif
