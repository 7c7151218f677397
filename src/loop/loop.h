/* SPDX-License-Identifier: MIT */
/*
 * loop.h - the runner's one place to wait: descriptors and one deadline.
 *
 * Level-triggered readability only, with identical meaning in both back
 * ends: io_uring (poll requests, the wait's own timeout; io_uring(7)) and
 * epoll(7).  The runner keeps its own deadlines and passes the earliest.
 * Runner only; not for forked children (the descriptors are close-on-exec
 * and the loader is exec'd).
 */
#ifndef LOOP_LOOP_H
#define LOOP_LOOP_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

enum backend {
	BACKEND_AUTO,
	BACKEND_URING,
	BACKEND_EPOLL,
	N_BACKENDS
};

#define LOOP_FOREVER UINT64_MAX

struct loop; /* opaque */

/* Opens the back end.  AUTO takes io_uring where the kernel lets us and
 * falls back quietly; URING fails with a sentence where it does not. */
struct loop *loop_open(enum backend wanted, struct err *err);
void loop_close(struct loop *loop);

const char *loop_name(const struct loop *loop); /* "io_uring" or "epoll" */
/* Why AUTO did not take io_uring, "" if it did or was not asked. */
const char *loop_why(const struct loop *loop);

/* Watches fd for readability (or hang-up); tag comes back from loop_wait().
 * One watch per fd.  Still ready after loop_wait() = reported again. */
int loop_watch(struct loop *loop, int fd, uint64_t tag, struct err *err);
/* Must be called before fd is closed.  No report for it comes later. */
void loop_unwatch(struct loop *loop, int fd);

/* Waits until a watched fd is ready or the timeout (relative, ns) is over.
 * Writes up to cap tags; returns the count, 0 on timeout or a signal.
 * timeout 0 polls. */
int loop_wait(struct loop *loop, uint64_t timeout_ns, uint64_t *tags, int cap);

#endif
