/* SPDX-License-Identifier: MIT */
#include "run/warden.h"

#include "base/clock.h"
#include "base/compiler.h"
#include "base/proc.h"
#include "base/sys.h"
#include "run/pen.h"
#include "shm/folders.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* For the loader, which knows better what is there, and says goodbye. */
#define LOADER_NS (100 * NS_PER_MS)
#define NAP_NS (2 * NS_PER_MS)
#define LAST_NS (10 * NS_PER_S)
/* So many rounds that find somebody are no chance: they fork. */
#define PATIENCE 8
#define STOP_ROUNDS 32
#define ENVIRON_CHUNK 65536
/* Of /proc/PID/stat, counted behind the name. */
#define FIELD_ENV_START 48

static void warden_nap(uint64_t ns)
{
	struct timespec nap = clock_timespec(ns);

	nanosleep(&nap, NULL);
}

/* ---- whose process is it? --------------------------------------------- */

/* An item begins the text, or follows the end of another. */
static bool warden_has_item(const char *text, size_t len, const char *item)
{
	size_t item_len = strlen(item) + 1;
	const char *at = text;

	while (at && len - (size_t)(at - text) >= item_len) {
		if (memcmp(at, item, item_len) == 0)
			return true;
		at = memchr(at, '\0', len - (size_t)(at - text));
		at = at ? at + 1 : NULL;
	}
	return false;
}

/* Items may lie across two chunks: the second begins with the end of the
 * first. */
static bool warden_carries(pid_t pid, const char *mark)
{
	static char text[ENVIRON_CHUNK + 1];
	size_t keep = strlen(mark), len = 0;
	char path[40];
	bool found = false;
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/environ", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	while (!found && (got = read(fd, text + len,
				     sizeof(text) - 1 - len)) > 0) {
		len += (size_t)got;
		/* The last item of all may lack its end. */
		text[len] = '\0';
		found = warden_has_item(text, len + 1, mark);
		if (len > keep) {
			memmove(text, text + len - keep, keep);
			len = keep;
		}
	}
	close(fd);
	return found;
}

/* Not the one that gets its number next: the descriptor is of the one that was
 * looked at, or of one that is gone (PROC-5).  Was there somebody who had not
 * stopped? */
static bool warden_signal(pid_t pid, const char *mark, int signo)
{
	int fd = sys_pidfd_open(pid);
	struct proc_stat stat;
	bool moves = false;

	if (fd < 0)
		return false;
	if (warden_carries(pid, mark) && proc_stat(pid, &stat)) {
		moves = signo != SIGSTOP || !strchr("TtDZX", stat.state);
		sys_pidfd_signal(fd, signo);
	}
	close(fd);
	return moves;
}

static bool warden_signal_all(const char *mark, int signo)
{
	DIR *list = opendir("/proc");
	struct dirent *entry;
	bool any = false;

	while (list && (entry = readdir(list)))
		if (isdigit((unsigned char)entry->d_name[0]) &&
		    warden_signal(atoi(entry->d_name), mark, signo))
			any = true;
	if (list)
		closedir(list);
	return any;
}

/* ---- the end of a run --------------------------------------------------- */

/* What is stopped does not fork (base/fell.h). */
static void warden_stop_all(const char *mark)
{
	int round;

	for (round = 0; round < STOP_ROUNDS; round++)
		if (!warden_signal_all(mark, SIGSTOP))
			return;
}

static void warden_clean(const char *mark)
{
	uint64_t until_ns = clock_now_ns() + LAST_NS;
	int rounds = 0, quiet = 0;

	/* One that was born meanwhile may not have been listed. */
	while (quiet < 2 && clock_now_ns() < until_ns) {
		if (++rounds > PATIENCE)
			warden_stop_all(mark);
		quiet = warden_signal_all(mark, SIGKILL) ? 0 : quiet + 1;
		warden_nap(NAP_NS);
	}
}

/* ---- while the runner lives --------------------------------------------- */

/* This process is no test's of an outer run, whose warden would kill it before
 * it has done its work. */
static void warden_hide(void)
{
	char text[4096], *at;
	unsigned long start, end;
	int i;

	if (sys_read_text("/proc/self/stat", text, sizeof(text)) <= 0)
		return;
	at = strrchr(text, ')');
	for (i = 0; at && i < FIELD_ENV_START; i++)
		at = strchr(at + 1, ' ');
	if (at && sscanf(at, "%lu %lu", &start, &end) == 2 && start < end)
		memset((void *)start, 0, end - start);
}

/* Nothing of the runner's: who reads its output must see an end. */
static void warden_let_go(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (null < 0)
			close(fd);
		else
			dup2(null, fd);
	sys_close_range(STDERR_FILENO + 1, INT_MAX);
}

no_return static void warden_main(const struct warden_args *args, pid_t runner)
{
	const char *pen_parent = args->pen_parent;
	sigset_t all;

	/* What is meant for the runner's group is not for this process, nor
	 * does any signal but SIGKILL end it. */
	setpgid(0, 0);
	prctl(PR_SET_NAME, "shmrun-warden");
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	warden_let_go();
	warden_hide();
	sigfillset(&all);
	while (getppid() == runner)
		sigwaitinfo(&all, NULL);
	warden_nap(LOADER_NS);
	if (pen_parent)
		pen_close_all(pen_parent, runner);
	warden_clean(args->mark);
	/* Whoever was slow to die in there has had time. */
	if (pen_parent)
		pen_close_all(pen_parent, runner);
	if (args->folders)
		folders_remove(args->folders);
	_exit(0);
}

void warden_open(struct warden *w, const struct warden_args *args)
{
	pid_t runner = getpid();
	sigset_t all, before;

	if (w->pid || !args->mark)
		return;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	w->pid = fork();
	if (w->pid == 0)
		warden_main(args, runner);
	sigprocmask(SIG_SETMASK, &before, NULL);
	w->pid = max_of(w->pid, 0);
}

void warden_close(struct warden *w)
{
	if (!w->pid)
		return;
	kill(w->pid, SIGKILL);
	while (waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
		;
	w->pid = 0;
}
