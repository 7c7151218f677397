/* SPDX-License-Identifier: MIT */
#include "load/process.h"

#include "base/mem.h"
#include "base/role.h"
#include "base/sys.h"
#include "suite/leaks.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

int process_count_threads(void)
{
	struct stat st;

	/* A directory's links: itself, its name, and one per entry. */
	if (stat("/proc/self/task", &st) < 0)
		return 1;
	return (int)st.st_nlink - 2;
}

void process_own_sigchld(void)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL };
	sigset_t mask;

	sigaction(SIGCHLD, &dfl, NULL);
	sigemptyset(&mask);
	sigaddset(&mask, SIGCHLD);
	sigprocmask(SIG_BLOCK, &mask, NULL);
}

bool process_may_write(size_t len)
{
	struct rlimit files;

	return getrlimit(RLIMIT_FSIZE, &files) < 0 || len <= files.rlim_cur;
}

int process_watch_children(void)
{
	sigset_t mask;

	process_own_sigchld();
	sigemptyset(&mask);
	sigaddset(&mask, SIGCHLD);
	return signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* As far as the user's own limit goes; 0 = there are none. */
static void limit_core(unsigned long bytes)
{
	struct rlimit core;

	if (getrlimit(RLIMIT_CORE, &core) < 0)
		return;
	core.rlim_cur = bytes ? min_of(core.rlim_max, (rlim_t)bytes)
			      : sys_no_core();
	core.rlim_max = core.rlim_cur;
	setrlimit(RLIMIT_CORE, &core);
}

static void limit_files(unsigned long soft)
{
	struct rlimit files;

	if (soft > 0 && getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = soft;
		setrlimit(RLIMIT_NOFILE, &files);
	}
}

void process_limit(unsigned long soft_files, unsigned long core_bytes)
{
	limit_files(soft_files);
	limit_core(core_bytes);
}

void process_become_loader(int sock, pid_t runner)
{
	static char buffer[BUFSIZ];
	int oom;

	role_current = ROLE_LOADER;
	sys_reset_signals();
	/* While suites are opened nothing may outlive the runner. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != runner)
		exit(1);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	prctl(PR_SET_NAME, "shmrun");
	fcntl(sock, F_SETFD, FD_CLOEXEC);
	/* What the runner was started with is nobody's here (PROC-12). */
	if (sock > 3)
		sys_close_range(3, sock - 1);
	sys_close_range(sock + 1, INT_MAX);
	umask(022);
	leaks_open();
	/* For the workers: what a test prints must survive its crash.  One that
	 * libc makes at the first print would be the test's, for those who look
	 * for leaks. */
	setvbuf(stdout, leaks_has_runtime() ? buffer : NULL, _IOLBF, BUFSIZ);
	oom = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (oom >= 0) {
		/* Rather a worker than the runner (PROC-18). */
		sys_write_all(oom, "500", 3);
		close(oom);
	}
}

void process_ignore_keys(void)
{
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
}
