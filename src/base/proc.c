/* SPDX-License-Identifier: MIT */
#include "base/proc.h"

#include "base/clock.h"
#include "base/compiler.h"
#include "base/sys.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STAT_CAP 1024
#define CHILDREN_CAP 32768
#define STATUS_CAP 4096
#define THREADS_MAX 64 /* whose time is counted */

/* What a test has written goes into reports and onto terminals. */
static void proc_make_plain(char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

/* The name ends at the last bracket: it may hold others. */
static const char *proc_parse_name(const char *text, char *name)
{
	const char *from = strchr(text, '(');
	const char *to = strrchr(text, ')');
	size_t len;

	if (!from || !to || to < from)
		return NULL;
	len = min_of((size_t)(to - from - 1), (size_t)PROC_NAME_CAP - 1);
	memcpy(name, from + 1, len);
	name[len] = '\0';
	proc_make_plain(name);
	return to + 1;
}

static ssize_t proc_read_thread(pid_t pid, pid_t tid, const char *what,
				char *text, size_t cap)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/%s", (int)pid, (int)tid,
		 what);
	return sys_read_text(path, text, cap);
}

bool proc_parse_stat(const char *text, struct proc_stat *out)
{
	unsigned long long user, sys, start, ticks = (unsigned long long)
		max_of(sysconf(_SC_CLK_TCK), 1L);
	long long user_awaited, sys_awaited, n_threads, pages;
	struct proc_stat s = { 0 };
	long parent, group;

	text = proc_parse_name(text, s.name);
	if (!text ||
	    sscanf(text, " %c %ld %ld %*s %*s %*s %*s %*s %*s %*s %*s %llu "
			 "%llu %lld %lld %*s %*s %lld %*s %llu %*s %lld",
		   &s.state, &parent, &group, &user, &sys, &user_awaited,
		   &sys_awaited, &n_threads, &start, &pages) != 10)
		return false;
	if (s.state < 'A' || s.state > 'z')
		return false;
	s.parent = (pid_t)parent;
	s.group = (pid_t)group;
	s.n_threads = (uint32_t)n_threads;
	s.cpu_ns = (user + sys + (unsigned long long)user_awaited +
		    (unsigned long long)sys_awaited) *
		   (NS_PER_S / ticks);
	s.start_ns = start * (NS_PER_S / ticks);
	s.rss = (uint64_t)max_of(pages, 0LL) * (uint64_t)sysconf(_SC_PAGESIZE);
	*out = s;
	return true;
}

bool proc_stat(pid_t pid, struct proc_stat *out)
{
	char path[32], text[STAT_CAP];

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	return sys_read_text(path, text, sizeof(text)) > 0 &&
	       proc_parse_stat(text, out);
}

bool proc_stat_thread(pid_t pid, pid_t tid, struct proc_stat *out)
{
	char text[STAT_CAP];

	return proc_read_thread(pid, tid, "stat", text, sizeof(text)) > 0 &&
	       proc_parse_stat(text, out);
}

bool proc_sched(pid_t pid, uint64_t *cpu_ns, uint64_t *wait_ns)
{
	pid_t tids[THREADS_MAX];
	int n = 1 + proc_threads(pid, tids + 1, THREADS_MAX - 1), i;

	tids[0] = pid;
	*cpu_ns = *wait_ns = 0;
	for (i = 0; i < n; i++) {
		unsigned long long cpu, wait;
		char text[80];

		if (proc_read_thread(pid, tids[i], "schedstat", text,
				     sizeof(text)) <= 0 ||
		    sscanf(text, "%llu %llu", &cpu, &wait) != 2)
			return false;
		*cpu_ns += cpu;
		*wait_ns += wait;
	}
	return true;
}

bool proc_wait_channel(pid_t pid, pid_t tid, char *out, size_t cap)
{
	if (proc_read_thread(pid, tid, "wchan", out, cap) <= 0)
		return false;
	proc_make_plain(out);
	return strcmp(out, "0") != 0;
}

/* One line is "[<0>] function+0x1/0x2": only the name tells something. */
static size_t proc_add_frame(const char *line, char *out, size_t cap)
{
	const char *name = strchr(line, ']');
	size_t len;

	name = name ? name + 1 + strspn(name + 1, " ") : line;
	len = strcspn(name, "+\n");
	if (len + 4 >= cap)
		return 0;
	memcpy(out, name, len);
	out[len] = '\0';
	return len;
}

bool proc_kernel_stack(pid_t pid, char *out, size_t cap)
{
	char text[4096], *line, *rest = text;
	size_t at = 0, len;

	if (proc_read_thread(pid, pid, "stack", text, sizeof(text)) <= 0)
		return false;
	out[0] = '\0';
	while ((line = strsep(&rest, "\n")) && *line) {
		if (at > 0 && at + 4 < cap)
			at += (size_t)snprintf(out + at, cap - at, " < ");
		len = proc_add_frame(line, out + at, cap - at);
		if (len == 0)
			break;
		at += len;
	}
	proc_make_plain(out);
	return at > 0;
}

/* The arguments, with spaces between; the length, 0 = there are none. */
static size_t proc_command(pid_t pid, char *out, size_t cap)
{
	char path[40];
	ssize_t len, i;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)pid);
	len = sys_read_text(path, out, cap);
	if (len <= 0)
		return 0;
	while (len > 0 && out[len - 1] == '\0')
		len--;
	for (i = 0; i < len; i++)
		if (out[i] == '\0')
			out[i] = ' ';
	proc_make_plain(out);
	return (size_t)len;
}

void proc_title(pid_t pid, const struct proc_stat *stat, pid_t other,
		char *out, size_t cap)
{
	char its[PROC_COMMAND_CAP] = "", known[PROC_COMMAND_CAP] = "";
	bool told = false;

	/* Arguments lie in its memory, which a process that cannot be
	 * interrupted may have locked. */
	if (stat->state != 'D' && stat->state != 'Z') {
		proc_command(other, known, sizeof(known));
		told = proc_command(pid, its, sizeof(its)) > 0 &&
		       strcmp(its, known) != 0;
	}
	snprintf(out, cap, "%d (%s)", (int)pid, told ? its : stat->name);
}

static int proc_children_of(pid_t pid, const char *thread, pid_t *pids, int n,
			    int cap)
{
	pid_t tid = (pid_t)strtol(thread, NULL, 10);
	char text[CHILDREN_CAP], *at = text, *end;
	long child;

	if (proc_read_thread(pid, tid, "children", text, sizeof(text)) <= 0)
		return n;
	/* A space stands behind each: a number without one was cut off, and
	 * would be another process. */
	while (n < cap && (child = strtol(at, &end, 10)) > 0 && *end == ' ') {
		pids[n++] = (pid_t)child;
		at = end;
	}
	return n;
}

bool proc_catches(pid_t pid, int signo)
{
	static const char key[] = "\nSigCgt:\t";
	char text[STATUS_CAP];
	const char *at;

	if (proc_read_thread(pid, pid, "status", text, sizeof(text)) <= 0)
		return false;
	at = strstr(text, key);
	return at && strtoull(at + sizeof(key) - 1, NULL, 16) >> (signo - 1) &
			     1;
}

static DIR *proc_open_threads(pid_t pid)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	return opendir(path);
}

int proc_children(pid_t pid, pid_t *pids, int cap)
{
	DIR *dir = proc_open_threads(pid);
	struct dirent *entry;
	int n = 0;

	if (!dir)
		return 0;
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			n = proc_children_of(pid, entry->d_name, pids, n, cap);
	closedir(dir);
	return n;
}

int proc_threads(pid_t pid, pid_t *tids, int cap)
{
	DIR *dir = proc_open_threads(pid);
	struct dirent *entry;
	int n = 0;

	if (!dir)
		return 0;
	while (n < cap && (entry = readdir(dir))) {
		pid_t tid = (pid_t)strtol(entry->d_name, NULL, 10);

		if (tid > 0 && tid != pid)
			tids[n++] = tid;
	}
	closedir(dir);
	return n;
}

void proc_thread_name(pid_t pid, pid_t tid, char *out, size_t cap)
{
	ssize_t len = proc_read_thread(pid, tid, "comm", out, cap);

	if (len > 0 && out[len - 1] == '\n')
		out[len - 1] = '\0';
	if (len < 0)
		snprintf(out, cap, "?");
	proc_make_plain(out);
}
