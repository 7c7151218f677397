/* SPDX-License-Identifier: MIT */
#include "work/counters.h"

#include "base/compiler.h"
#include "base/raw.h"
#include "suite/adapter.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

/* For who writes after a crash, perhaps with a lock that nobody opens. */
#define SAVE_SECONDS 1

static worker_data struct {
	struct adapter_suite **suites;
	uint32_t n; /* 0 = none counts */
} counters;

hot_path void counters_open(struct adapter_suite **suites, uint32_t n)
{
	bool any = false;
	uint32_t i;

	for (i = 0; i < n; i++)
		any |= suites[i]->counters_write != NULL;
	if (!any)
		return;
	counters.suites = suites;
	counters.n = n;
	counters_begin();
}

hot_path void counters_begin(void)
{
	uint32_t i;

	for (i = 0; i < counters.n; i++)
		if (counters.suites[i]->counters_reset)
			counters.suites[i]->counters_reset();
}

hot_path void counters_write(void)
{
	uint32_t i;

	for (i = 0; i < counters.n; i++)
		if (counters.suites[i]->counters_write)
			counters.suites[i]->counters_write();
}

/* In its own process, so that a lock which the crash has left closed costs a
 * second of that, and not the test's end. */
no_return static void counters_save_here(void)
{
	sigset_t alarms;

	sigemptyset(&alarms);
	sigaddset(&alarms, SIGALRM);
	signal(SIGALRM, SIG_DFL);
	alarm(SAVE_SECONDS);
	sigprocmask(SIG_UNBLOCK, &alarms, NULL);
	counters_write();
	_exit(0);
}

void counters_save(void)
{
	long pid;

	if (counters.n == 0)
		return;
	/* No handlers of pthread_atfork(3): they take locks. */
	pid = raw_syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (pid == 0)
		counters_save_here();
	while (pid > 0 && raw_syscall(SYS_wait4, pid, 0, 0, 0, 0) == -EINTR)
		;
}
