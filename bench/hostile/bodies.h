/* SPDX-License-Identifier: MIT */
/*
 * bodies.h - what tests do that hurts runners, the same for every framework.
 *
 * Each process that matters says its pid and its part, "leader" or "child", in
 * the file HOSTILE_PIDS.  Sleeps are HOSTILE_SECONDS (8) where something is left
 * behind and 60 s where something hangs.
 */
#ifndef HOSTILE_BODIES_H
#define HOSTILE_BODIES_H

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void hostile_say(const char *part)
{
	const char *path = getenv("HOSTILE_PIDS");
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
			     0666)
		      : -1;

	if (fd < 0)
		return;
	dprintf(fd, "%ld %s\n", (long)getpid(), part);
	close(fd);
}

static void hostile_wait(unsigned seconds)
{
	while (seconds > 0)
		seconds = sleep(seconds);
}

/* A child that sleeps; `apart` in a session of its own, `deaf` to SIGTERM. */
static void hostile_child(int apart, int deaf, unsigned seconds)
{
	int ready[2];
	char byte;

	if (pipe(ready) < 0)
		abort();
	if (fork() == 0) {
		if (apart)
			setsid();
		if (deaf)
			signal(SIGTERM, SIG_IGN);
		hostile_say("child");
		close(ready[0]);
		close(ready[1]);
		hostile_wait(seconds);
		_exit(0);
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) < 0)
		abort();
	close(ready[0]);
}

static void hostile_flood(void)
{
	static char block[65536];
	long left = 300000000;

	memset(block, 'x', sizeof(block));
	for (int i = 99; i < (int)sizeof(block); i += 100)
		block[i] = '\n';
	while (left > 0) {
		long n = left < (long)sizeof(block) ? left
						    : (long)sizeof(block);
		long wrote = write(1, block, (size_t)n);

		if (wrote <= 0)
			break;
		left -= wrote;
	}
}

#define HOSTILE_TEXT "\x01\x08\x1b[31mred\x1b[0m ]]> <&>" \
		     " \xff\xfe \xc3( \xed\xa0\x80 \x7f\n"

/* What the test says of its failure, where a framework has that in reports. */
static const char *hostile_message = "";

static void hostile_bytes(void)
{
	static const char bytes[] = "nul \0, " HOSTILE_TEXT;

	hostile_message = HOSTILE_TEXT;
	if (write(1, bytes, sizeof(bytes) - 1) < 0)
		abort();
}

/* 0 = the test passes. */
static int hostile_body(const char *name)
{
	const char *text = getenv("HOSTILE_SECONDS");
	unsigned seconds = text ? (unsigned)atoi(text) : 8;

	hostile_say("leader");
	if (strcmp(name, "orphan") == 0) {
		hostile_child(0, 0, seconds);
	} else if (strcmp(name, "orphan_setsid") == 0) {
		hostile_child(1, 0, seconds);
	} else if (strcmp(name, "hang_tree") == 0) {
		hostile_child(0, 1, 60);
		hostile_wait(60);
	} else if (strcmp(name, "hang_setsid") == 0) {
		hostile_child(1, 0, 60);
		hostile_wait(60);
	} else if (strcmp(name, "stopself") == 0) {
		raise(SIGSTOP);
		hostile_wait(60);
	} else if (strcmp(name, "exit0") == 0) {
		_exit(0);
	} else if (strcmp(name, "lasting") == 0) {
		hostile_wait(60);
	} else if (strcmp(name, "three_seconds") == 0) {
		hostile_wait(3);
	} else if (strcmp(name, "bigout") == 0) {
		hostile_flood();
		return 1;
	} else if (strcmp(name, "bytes") == 0) {
		hostile_bytes();
		return 1;
	}
	return 0;
}

/* All of them, for X(name). */
#define HOSTILE_BODIES(X) \
	X(orphan) X(orphan_setsid) X(hang_tree) X(hang_setsid) X(stopself) \
	X(exit0) X(lasting) X(three_seconds) X(bigout) X(bytes)

#endif
