/* SPDX-License-Identifier: MIT */
#include "run/keys.h"

#include "base/parting.h"
#include "run/roster.h"
#include "run/run_impl.h"
#include "run/tell.h"

#include <poll.h>
#include <termios.h>
#include <unistd.h>

/* For whoever ends the process: he gets no argument. */
static struct {
	struct termios before;
	bool open;   /* there is a terminal, and it is wanted */
	bool inside; /* settings are ours */
} keys;

void keys_leave(void)
{
	if (!keys.inside)
		return;
	keys.inside = false;
	tcsetattr(STDIN_FILENO, TCSANOW, &keys.before);
}

static void keys_part(void *ctx)
{
	(void)ctx;
	keys_leave();
}

/* In the background it is somebody else's. */
bool keys_is_in_front(void)
{
	return tcgetpgrp(STDIN_FILENO) == getpgrp();
}

void keys_enter(void)
{
	const tcflag_t lines = ICANON | ECHO;
	struct termios ours;

	if (!keys.open || keys.inside || !keys_is_in_front() ||
	    tcgetattr(STDIN_FILENO, &keys.before) < 0)
		return;
	ours = keys.before;
	ours.c_lflag &= ~lines;
	/* As we want them already: by another run beside this one, which will
	 * put them back. */
	if (ours.c_lflag == keys.before.c_lflag)
		return;
	keys.inside = tcsetattr(STDIN_FILENO, TCSANOW, &ours) == 0;
}

bool keys_begin(void)
{
	if (!isatty(STDIN_FILENO))
		return false;
	keys.open = true;
	parting_add(keys_part, NULL);
	keys_enter();
	return true;
}

void keys_end(void)
{
	keys.open = false;
	keys_leave();
	parting_drop(keys_part, NULL);
}

int keys_open(struct run *run, struct err *err)
{
	int ret;

	if (!run->args->keys || !isatty(STDIN_FILENO))
		return 0;
	ret = loop_watch(run->args->loop, STDIN_FILENO, RUN_TAG_KEYS, err);
	if (ret < 0)
		return ret;
	run->keys = keys_begin();
	return 0;
}

void keys_close(struct run *run)
{
	if (run->keys)
		loop_unwatch(run->args->loop, STDIN_FILENO);
	run->keys = false;
	keys_end();
}

static void keys_obey(struct run *run, char key)
{
	if (key == 't')
		roster_tell(run, ROSTER_TESTS);
	else if (key == '\n' || key == '\r')
		roster_tell(run, ROSTER_BRIEF);
}

static void keys_unwatch(struct run *run)
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
	/* What is typed meanwhile is not for us: until keys_look(). */
	if (!keys_is_in_front()) {
		keys_unwatch(run);
		return;
	}
	n = read(STDIN_FILENO, typed, sizeof(typed));
	if (n <= 0) {
		/* It is gone. */
		keys.open = false;
		keys_unwatch(run);
	}
	for (i = 0; i < n; i++)
		keys_obey(run, typed[i]);
}

void keys_look(struct run *run)
{
	struct err why;

	if (!keys.open || !keys_is_in_front())
		return;
	if (!run->keys)
		run->keys = loop_watch(run->args->loop, STDIN_FILENO,
				       RUN_TAG_KEYS, &why) == 0;
	keys_enter();
}
