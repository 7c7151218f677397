/* SPDX-License-Identifier: MIT */
/*
 * loop_epoll.c - back end on epoll(7): always built, and the meaning that
 * loop_uring.c has to match.
 */
#include "base/clock.h"
#include "base/die.h"
#include "loop/loop_impl.h"

#include <errno.h>
#include <limits.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EPOLL_BATCH 64

struct loop_epoll {
	int fd;
	bool coarse; /* no epoll_pwait2(2) here: milliseconds only */
};

static int epoll_open(void *priv, struct err *err)
{
	struct loop_epoll *e = priv;

	e->fd = epoll_create1(EPOLL_CLOEXEC);
	if (e->fd < 0)
		return err_sys(err, -errno, "cannot use epoll");
	return 0;
}

static void epoll_close(void *priv)
{
	struct loop_epoll *e = priv;

	close(e->fd);
}

static int epoll_watch(void *priv, struct loop_core *core, uint32_t ix,
		       struct err *err)
{
	struct loop_epoll *e = priv;
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = ix };
	int fd = core->watches[ix].fd;

	if (epoll_ctl(e->fd, EPOLL_CTL_ADD, fd, &event) < 0)
		return err_sys(err, -errno, "cannot wait for descriptor %d",
			       fd);
	return 0;
}

static void epoll_unwatch(void *priv, struct loop_core *core, uint32_t ix)
{
	struct loop_epoll *e = priv;

	epoll_ctl(e->fd, EPOLL_CTL_DEL, core->watches[ix].fd, NULL);
}

/* Not by libc, which may be older than the call (glibc 2.35, no musl). */
static int epoll_wait_fine(const struct loop_epoll *e, uint64_t timeout_ns,
			   struct epoll_event *events, int cap)
{
	struct timespec ts = clock_timespec(timeout_ns);

	return (int)syscall(SYS_epoll_pwait2, e->fd, events, cap,
			    timeout_ns == LOOP_FOREVER ? NULL : &ts, NULL, 0);
}

/* Rounded up: a deadline that is not over must not look as if it were. */
static int epoll_wait_coarse(const struct loop_epoll *e, uint64_t timeout_ns,
			     struct epoll_event *events, int cap)
{
	uint64_t ms = timeout_ns / NS_PER_MS + (timeout_ns % NS_PER_MS != 0);
	int timeout = ms > INT_MAX ? INT_MAX : (int)ms;

	return epoll_wait(e->fd, events, cap,
			  timeout_ns == LOOP_FOREVER ? -1 : timeout);
}

static int epoll_wait_any(struct loop_epoll *e, uint64_t timeout_ns,
			  struct epoll_event *events, int cap)
{
	int n;

	if (!e->coarse) {
		n = epoll_wait_fine(e, timeout_ns, events, cap);
		/* EPERM: what older container filters say for ENOSYS */
		if (n >= 0 || (errno != ENOSYS && errno != EPERM))
			return n;
		e->coarse = true;
	}
	return epoll_wait_coarse(e, timeout_ns, events, cap);
}

static int epoll_wait_ready(void *priv, struct loop_core *core,
			    uint64_t timeout_ns, uint64_t *tags, int cap)
{
	struct epoll_event events[EPOLL_BATCH];
	int i, n;

	n = epoll_wait_any(priv, timeout_ns, events, min_of(cap, EPOLL_BATCH));
	bug_on(n < 0 && errno != EINTR);
	for (i = 0; i < n; i++)
		tags[i] = core->watches[events[i].data.u32].tag;
	return max_of(n, 0);
}

const struct loop_ops loop_epoll = {
	.name = "epoll",
	.size = sizeof(struct loop_epoll),
	.open = epoll_open,
	.close = epoll_close,
	.watch = epoll_watch,
	.unwatch = epoll_unwatch,
	.wait = epoll_wait_ready,
};
