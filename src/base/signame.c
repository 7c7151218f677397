/* SPDX-License-Identifier: MIT */
#include "base/signame.h"

#include "base/compiler.h"

#include <signal.h>
#include <stddef.h>

static const char *const signame_names[] = {
	[SIGHUP] = "SIGHUP",   [SIGINT] = "SIGINT",   [SIGQUIT] = "SIGQUIT",
	[SIGILL] = "SIGILL",   [SIGTRAP] = "SIGTRAP", [SIGABRT] = "SIGABRT",
	[SIGBUS] = "SIGBUS",   [SIGFPE] = "SIGFPE",   [SIGKILL] = "SIGKILL",
	[SIGUSR1] = "SIGUSR1", [SIGSEGV] = "SIGSEGV", [SIGUSR2] = "SIGUSR2",
	[SIGPIPE] = "SIGPIPE", [SIGALRM] = "SIGALRM", [SIGTERM] = "SIGTERM",
	[SIGCHLD] = "SIGCHLD", [SIGCONT] = "SIGCONT", [SIGSTOP] = "SIGSTOP",
	[SIGTSTP] = "SIGTSTP", [SIGTTIN] = "SIGTTIN", [SIGTTOU] = "SIGTTOU",
	[SIGURG] = "SIGURG",   [SIGXCPU] = "SIGXCPU", [SIGXFSZ] = "SIGXFSZ",
	[SIGVTALRM] = "SIGVTALRM", [SIGPROF] = "SIGPROF",
	[SIGWINCH] = "SIGWINCH", [SIGPOLL] = "SIGPOLL", [SIGPWR] = "SIGPWR",
	[SIGSTKFLT] = "SIGSTKFLT", [SIGSYS] = "SIGSYS",
};

static const char *signame_find(int signo)
{
	if (signo <= 0 || (size_t)signo >= array_size(signame_names))
		return NULL;
	return signame_names[signo];
}

const char *signame_get(int signo)
{
	const char *name = signame_find(signo);

	return name ? name : "a signal without a name";
}

void signame_add(struct str *out, int signo)
{
	const char *name = signame_find(signo);

	if (name)
		str_add(out, name);
	else
		str_addf(out, "signal %d", signo);
}
