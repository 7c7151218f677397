/* SPDX-License-Identifier: MIT */
/*
 * loader.h - the runner's side of the loader: start it, have it open and
 * list the suites, and later ask it for workers.
 *
 * Opening runs the suites' constructors, so each step has a deadline and a
 * loader that dies is an answer, not an accident.  Runner only.
 */
#ifndef RUN_LOADER_H
#define RUN_LOADER_H

#include "base/err.h"
#include "model/listing.h"
#include "run/images.h"
#include "run/pen.h"
#include "run/warden.h"
#include "shm/folders.h"
#include "shm/wire.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct loader_args {
	const char *const *paths; /* suites as the user named them */
	uint32_t n_paths;
	const uint32_t *adapters; /* of each, its number from 1; 0 = to be
				   * seen; NULL = all are */
	uint64_t timeout_ns;	  /* per suite; 0 = none (TIME-12) */
	unsigned long nofile;	  /* soft limit for tests; 0 = as it is */
	bool debugged; /* a debugger comes: it stays in our group, and has our
			* terminal (SIG-14) */
	char **wrapper; /* what programs are started by, NULL at the end; NULL =
			 * nothing */
	const struct folders *folders; /* NULL = there are none */
	enum keep_folders keep_folders;
	unsigned long core_bytes; /* of a core file; 0 = there are none */
	char **env;		  /* of the loader and all below it */
	const char *pen_parent;	  /* a control group for them may be made in
				   * there; NULL = nowhere */
	/* With a sanitizer's runtime more: NAME=VALUE, NULL at the end. */
	const char *const *runtime_env;
	/* A suite could not be loaded or listed; err says why. */
	void (*refused)(void *ctx, const char *path, const struct err *err);
	/* Something about a suite that is run all the same; NULL = nobody
	 * wants to know. */
	void (*warned)(void *ctx, const char *path, const char *text);
	/* A file of a suite that the loader has not mapped; NULL = nobody
	 * wants to know. */
	void (*uses)(void *ctx, const char *path);
	bool again; /* all is known, and nothing is told but what it lists */
	void *ctx;
};

/* What a loader listed, in the memory of the listing that was made of it. */
struct raw_listing {
	const char *bytes;
	size_t len;
};

struct loader {
	pid_t pid; /* 0 = none */
	int pidfd;
	int sock;
	int log_fd;	  /* what constructors print */
	struct pen pen;	  /* of this process and all below it */
	struct warden warden; /* of the run */
	bool answered;	  /* this process has, once */
	char *preload;	  /* a sanitizer's runtime; NULL = none */
	bool *refused;	  /* per path: left out from now on */
	bool *warned;	  /* per path: has been told already */
	struct images images;
	struct raw_listing *raw; /* per path: a second loader must agree */
};

struct fixture_list {
	struct wire_fixture items[WIRE_FIXTURES_MAX];
	uint32_t n;
};

void loader_init(struct loader *l);

/* Is the process gone that runs as the loader now? */
bool loader_has_ended(const struct loader *l);

/* Starts a loader, opens every suite that can be opened and appends what it
 * lists.  Suites that cannot are told to args->refused and left out.  0, or
 * -errno when no loader can be run at all. */
int loader_list(struct loader *l, const struct loader_args *args,
		struct listing *listing, struct fixture_list *fixtures,
		struct err *err);

/* A second loader after the first has died: the same suites, the same
 * listing or -ESTALE. */
int loader_restart(struct loader *l, const struct loader_args *args,
		   struct err *err);

/* Text that constructors printed, up to cap - 1 bytes; the length. */
size_t loader_read_log(const struct loader *l, char *text, size_t cap);

/* Closes the socket and waits up to timeout_ns, then kills.  False when it may
 * have left something behind. */
bool loader_stop(struct loader *l, uint64_t timeout_ns);
void loader_fini(struct loader *l);

#endif
