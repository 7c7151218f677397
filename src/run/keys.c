/* SPDX-License-Identifier: MIT */
#include "run/keys.h"

#include "base/compiler.h"
#include "run/roster.h"
#include "run/run_impl.h"
#include "run/tell.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

/* For handlers of signals, and for exit(3): they get no argument. */
static struct {
	struct termios before;
	bool open;   /* before is known */
	bool inside; /* settings are ours */
} keys;

static const int keys_fatal[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT };

void keys_leave(void)
{
	if (!keys.inside)
		return;
	keys.inside = false;
	tcsetattr(STDIN_FILENO, TCSANOW, &keys.before);
}

void keys_enter(void)
{
	struct termios ours = keys.before;

	/* In the background it is somebody else's. */
	if (!keys.open || tcgetpgrp(STDIN_FILENO) != getpgrp())
		return;
	ours.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	keys.inside = tcsetattr(STDIN_FILENO, TCSANOW, &ours) == 0;
}

/* The second time it has its default effect. */
static void keys_crash(int signo)
{
	keys_leave();
	raise(signo);
}

static void keys_guard(void)
{
	struct sigaction act = { .sa_handler = keys_crash,
				 .sa_flags = SA_RESETHAND | SA_NODEFER };
	struct sigaction now;
	size_t i;

	/* A sanitizer's own handler knows more. */
	for (i = 0; i < array_size(keys_fatal); i++)
		if (sigaction(keys_fatal[i], NULL, &now) == 0 &&
		    now.sa_handler == SIG_DFL)
			sigaction(keys_fatal[i], &act, NULL);
	atexit(keys_leave);
}

int keys_open(struct run *run, struct err *err)
{
	int ret;

	if (!run->args->keys || tcgetattr(STDIN_FILENO, &keys.before) < 0)
		return 0;
	ret = loop_watch(run->args->loop, STDIN_FILENO, RUN_TAG_KEYS, err);
	if (ret < 0)
		return ret;
	run->keys = keys.open = true;
	keys_guard();
	keys_enter();
	return 0;
}

void keys_close(struct run *run)
{
	if (run->keys)
		loop_unwatch(run->args->loop, STDIN_FILENO);
	run->keys = keys.open = false;
	keys_leave();
}

static void keys_obey(struct run *run, char key)
{
	if (key == 't')
		roster_tell(run, ROSTER_TESTS);
	else if (key == '\n' || key == '\r')
		roster_tell(run, ROSTER_BRIEF);
}

/* A terminal that is gone, or is another group's, is not looked at again. */
static void keys_forget(struct run *run)
{
	loop_unwatch(run->args->loop, STDIN_FILENO);
	run->keys = false;
}

void keys_read(struct run *run)
{
	struct pollfd fd = { .fd = STDIN_FILENO, .events = POLLIN };
	char typed[64];
	ssize_t n, i;

	if (!run->keys || poll(&fd, 1, 0) <= 0)
		return;
	n = tcgetpgrp(STDIN_FILENO) == getpgrp()
		    ? read(STDIN_FILENO, typed, sizeof(typed))
		    : -1;
	if (n <= 0) {
		keys_forget(run);
		return;
	}
	for (i = 0; i < n; i++)
		keys_obey(run, typed[i]);
}
