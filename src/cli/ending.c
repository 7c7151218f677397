/* SPDX-License-Identifier: MIT */
#include "cli/ending.h"

#include "base/coverage.h"

#include <signal.h>
#include <stddef.h>
#include <sys/resource.h>

void ending_hold_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

bool ending_is_ignored(int signo)
{
	struct sigaction now;

	return sigaction(signo, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

void ending_raise(int signo)
{
	const struct rlimit none = { 0 };
	sigset_t set;

	coverage_keep();
	/* The user wanted out, not a core (SIG-5). */
	setrlimit(RLIMIT_CORE, &none);
	signal(signo, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, signo);
	raise(signo);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}
