/* SPDX-License-Identifier: MIT */
/*
 * server.h - starts a program with an object of ours in front of it: to list
 * its tests, or as the server of a worker (served.h).
 *
 * Loader and worker.  The program dies with the process that started it.
 */
#ifndef SUITE_SERVER_H
#define SUITE_SERVER_H

#include "base/compiler.h"
#include "base/err.h"
#include "suite/served.h"

#include <stdbool.h>
#include <sys/types.h>

/* A shared object, as bytes. */
struct server_image {
	const unsigned char *bytes, *end;
	bool carries; /* also shared objects */
};

struct server {
	pid_t pid; /* 0 = there is none */
	bool carried; /* it is a shared object: shmrun itself is the program */
	bool lazy; /* to bind symbols when they are called */
	int page_fd;
	struct served_page *page;
};

/* Before the start: an empty page.  0 or -errno. */
int server_open(struct server *s, struct err *err);
void server_close(struct server *s);

/* Starts it; talk becomes its SERVED_TALK.  0 or -errno. */
int server_start(struct server *s, const char *path,
		 const struct server_image *image, int talk, struct err *err);

/* `shmrun --carry FILE`, internal: the program of a shared object. */
#define SERVER_CARRY "--carry"
no_return void server_carry(int argc, char **argv);

/* Waits for its end: the wait status.  All of its group is killed. */
int server_end(struct server *s);

#endif
