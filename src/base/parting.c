/* SPDX-License-Identifier: MIT */
#include "base/parting.h"

#include "base/compiler.h"
#include "base/die.h"

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#define PARTING_MAX 4

/* For handlers, and for exit(3): they get no argument. */
static struct {
	struct parting {
		void (*act)(void *ctx); /* NULL = nothing */
		void *ctx;
	} acts[PARTING_MAX];
	pid_t owner; /* 0 = nothing was ever added */
} parting;

void parting_act(void)
{
	int i;

	if (getpid() != parting.owner)
		return;
	for (i = PARTING_MAX - 1; i >= 0; i--)
		if (parting.acts[i].act)
			parting.acts[i].act(parting.acts[i].ctx);
}

/* The second time it has its default effect. */
static void parting_signalled(int signo)
{
	parting_act();
	raise(signo);
}

/* Its default action is another one. */
static bool parting_is_harmless(int signo)
{
	static const int harmless[] = { SIGKILL, SIGSTOP, SIGTSTP,
					SIGTTIN, SIGTTOU, SIGCONT,
					SIGCHLD, SIGURG,  SIGWINCH };
	size_t i;

	for (i = 0; i < array_size(harmless); i++)
		if (harmless[i] == signo)
			return true;
	return false;
}

static void parting_guard(void)
{
	struct sigaction act = { .sa_handler = parting_signalled,
				 .sa_flags = SA_RESETHAND | SA_NODEFER };
	struct sigaction now;
	int signo;

	/* A sanitizer's own handler knows more; and the C library keeps some
	 * for itself. */
	for (signo = 1; signo <= SIGRTMAX; signo++)
		if (!parting_is_harmless(signo) &&
		    sigaction(signo, NULL, &now) == 0 &&
		    now.sa_handler == SIG_DFL)
			sigaction(signo, &act, NULL);
	atexit(parting_act);
}

void parting_add(void (*act)(void *ctx), void *ctx)
{
	int i = 0;

	while (i < PARTING_MAX && parting.acts[i].act)
		i++;
	bug_on(i == PARTING_MAX);
	parting.acts[i] = (struct parting){ .act = act, .ctx = ctx };
	if (!parting.owner)
		parting_guard();
	parting.owner = getpid();
}

void parting_drop(void (*act)(void *ctx), void *ctx)
{
	int i;

	for (i = 0; i < PARTING_MAX; i++)
		if (parting.acts[i].act == act && parting.acts[i].ctx == ctx)
			parting.acts[i].act = NULL;
}
