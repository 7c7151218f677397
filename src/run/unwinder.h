/* SPDX-License-Identifier: MIT */
/*
 * unwinder.h - the process that makes text of wrecks: where its program is,
 * its start, a question, an answer, its end.  Runner only, and nothing of it
 * is believed: an answer is text.
 */
#ifndef RUN_UNWINDER_H
#define RUN_UNWINDER_H

#include "shm/wreck.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct unwinder {
	pid_t pid; /* 0 = none runs */
	int sock;  /* -1 = none */
};

/* The program beside this one, or where it was installed; false when neither
 * is there. */
bool unwinder_find(char path[PATH_MAX]);

/* What it makes backtraces of, in its own words. */
void unwinder_about(const char *path, char *text, size_t cap);

/* 0 or -errno. */
int unwinder_start(struct unwinder *u, int wrecks_fd);
void unwinder_stop(struct unwinder *u);

bool unwinder_ask(const struct unwinder *u, uint64_t at, uint64_t size);
/* 1 with a text, which is "" if nothing could be made of the wreck; 0 when
 * there is none yet; -EPIPE when it is gone. */
int unwinder_hear(const struct unwinder *u,
		  char text[WRECK_TEXT_MAX + 1]);

#endif
