/* SPDX-License-Identifier: MIT */
/*
 * loop_uring.c - back end on io_uring(7), probed when it is opened.
 *
 * Level-triggered by one-shot poll requests.  A request looks at its
 * descriptor when it is submitted, and each wait begins by submitting one for
 * every watch that has none in flight; what is still ready is thus reported
 * again, and what is ready no longer is not.  Completions left over from an
 * earlier wait are not believed: they only make their watch be armed anew.
 * Arming and waiting are one system call.
 */
#include "base/clock.h"
#include "base/die.h"
#include "loop/loop_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <poll.h>

#define URING_ENTRIES 256
/* Room for the completions of all watches of the largest run. */
#define URING_CQ_ENTRIES 4096

/* Completion of a request that is not a watch: no index is that large. */
#define URING_NOBODY UINT64_C(0xffffffff)

/* Longer is for ever.  Far below where the kernel's sum of now and timeout
 * would overflow. */
#define URING_FOREVER_NS (UINT64_C(365) * 86400 * NS_PER_S)

struct loop_uring {
	struct io_uring ring;
	uint32_t n_unarmed; /* watches without a request in flight */
	uint32_t first; /* arm from here on: no watch starves another */
};

/* ---- completions ---- */

static uint64_t uring_user_data(const struct loop_core *core, uint32_t ix)
{
	return ix | (uint64_t)core->watches[ix].epoch << 32;
}

/* The watch a completion is for; NULL when it is stale or nobody's. */
static struct loop_watch *uring_find_watch(struct loop_core *core,
					   const struct io_uring_cqe *cqe)
{
	uint32_t ix = (uint32_t)cqe->user_data;
	struct loop_watch *watch;

	if (ix >= core->n)
		return NULL;
	watch = &core->watches[ix];
	if (watch->fd < 0 || watch->epoch != cqe->user_data >> 32)
		return NULL;
	return watch;
}

/* Takes up to cap completions of watches out of the ring; tags may be NULL
 * when they are not to be reported. */
static int uring_collect(struct loop_uring *u, struct loop_core *core,
			 uint64_t *tags, int cap)
{
	struct io_uring_cqe *cqe;
	unsigned head, seen = 0;
	int n = 0;

	io_uring_for_each_cqe(&u->ring, head, cqe) {
		struct loop_watch *watch = uring_find_watch(core, cqe);

		if (watch && n == cap)
			break;
		seen++;
		if (!watch)
			continue;
		watch->armed = false;
		u->n_unarmed++;
		u->first = (uint32_t)cqe->user_data + 1;
		if (tags)
			tags[n++] = watch->tag;
	}
	io_uring_cq_advance(&u->ring, seen);
	return n;
}

/* What nobody was told stays nobody's: it is looked at again when armed. */
static void uring_forget(struct loop_uring *u, struct loop_core *core)
{
	uint32_t first = u->first;

	uring_collect(u, core, NULL, 1);
	u->first = first;
}

/* ---- requests ---- */

/* A free request; the full queue is handed to the kernel first.  NULL when
 * the kernel takes none now. */
static struct io_uring_sqe *uring_get_sqe(struct loop_uring *u)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&u->ring);

	if (sqe)
		return sqe;
	io_uring_submit_and_get_events(&u->ring);
	return io_uring_get_sqe(&u->ring);
}

static bool uring_arm(struct loop_uring *u, struct loop_core *core, uint32_t ix)
{
	struct loop_watch *watch = &core->watches[ix];
	struct io_uring_sqe *sqe = uring_get_sqe(u);

	if (!sqe)
		return false;
	io_uring_prep_poll_add(sqe, watch->fd, POLLIN);
	sqe->user_data = uring_user_data(core, ix);
	watch->armed = true;
	u->n_unarmed--;
	return true;
}

/* False when a watch had to be left without a request. */
static bool uring_arm_all(struct loop_uring *u, struct loop_core *core)
{
	uint32_t i;

	for (i = 0; u->n_unarmed > 0 && i < core->n; i++) {
		uint32_t ix = (u->first + i) % core->n;
		const struct loop_watch *watch = &core->watches[ix];

		if (watch->fd >= 0 && !watch->armed && !uring_arm(u, core, ix))
			return false;
	}
	return true;
}

/* Submits, and waits for one completion.  0, or -errno: -ETIME, or -EINTR,
 * which the kernel does not always tell from a timeout. */
static int uring_enter(struct loop_uring *u, uint64_t timeout_ns)
{
	uint64_t ns = min_of(timeout_ns, URING_FOREVER_NS);
	struct __kernel_timespec ts = {
		.tv_sec = (int64_t)(ns / NS_PER_S),
		.tv_nsec = (long long)(ns % NS_PER_S),
	};
	struct io_uring_cqe *cqe;
	int ret = io_uring_submit_and_wait_timeout(&u->ring, &cqe, 1, &ts,
						   NULL);

	return min_of(ret, 0);
}

/* ---- opening ---- */

static int uring_try_nop(struct loop_uring *u, struct err *err)
{
	struct io_uring_cqe *cqe;
	struct io_uring_sqe *sqe = io_uring_get_sqe(&u->ring);
	int ret;

	io_uring_prep_nop(sqe);
	sqe->user_data = URING_NOBODY;
	ret = uring_enter(u, NS_PER_S);
	if (ret == 0)
		ret = io_uring_peek_cqe(&u->ring, &cqe);
	if (ret < 0)
		return err_sys(err, ret, "io_uring does not answer");
	io_uring_cqe_seen(&u->ring, cqe);
	return 0;
}

static int uring_probe(struct loop_uring *u, struct err *err)
{
	const unsigned need = IORING_FEAT_EXT_ARG | IORING_FEAT_NODROP;
	struct io_uring_probe *probe;
	bool enough;

	if ((u->ring.features & need) != need)
		return err_set(err, -ENOSYS,
			       "io_uring of this kernel is too old");
	probe = io_uring_get_probe_ring(&u->ring);
	if (!probe)
		return err_set(err, -ENOSYS, "io_uring cannot be probed");
	enough = io_uring_opcode_supported(probe, IORING_OP_POLL_ADD) &&
		 io_uring_opcode_supported(probe, IORING_OP_POLL_REMOVE);
	io_uring_free_probe(probe);
	if (!enough)
		return err_set(err, -ENOSYS, "io_uring has no poll requests");
	return uring_try_nop(u, err);
}

static int uring_setup(struct loop_uring *u)
{
	const unsigned plain = IORING_SETUP_CLAMP | IORING_SETUP_CQSIZE;
	struct io_uring_params params = {
		.flags = plain | IORING_SETUP_SINGLE_ISSUER |
			 IORING_SETUP_DEFER_TASKRUN,
		.cq_entries = URING_CQ_ENTRIES,
	};
	int ret = io_uring_queue_init_params(URING_ENTRIES, &u->ring, &params);

	if (ret != -EINVAL)
		return ret;
	params = (struct io_uring_params){ .flags = plain,
					   .cq_entries = URING_CQ_ENTRIES };
	return io_uring_queue_init_params(URING_ENTRIES, &u->ring, &params);
}

static int uring_open(void *priv, struct err *err)
{
	struct loop_uring *u = priv;
	int ret = uring_setup(u);

	if (ret < 0)
		return err_sys(err, ret, "io_uring is refused");
	ret = uring_probe(u, err);
	if (ret < 0)
		io_uring_queue_exit(&u->ring);
	return ret;
}

static void uring_close(void *priv)
{
	struct loop_uring *u = priv;

	io_uring_queue_exit(&u->ring);
}

/* ---- watching ---- */

/* Armed by the next wait, where the submission costs nothing. */
static int uring_watch(void *priv, struct loop_core *core, uint32_t ix,
		       struct err *err)
{
	struct loop_uring *u = priv;
	int fd = core->watches[ix].fd;

	if (fcntl(fd, F_GETFD) < 0)
		return err_sys(err, -errno, "cannot wait for descriptor %d",
			       fd);
	u->n_unarmed++;
	return 0;
}

/* A request in flight holds the open file, so that its peer would not see
 * the hang-up of our close: it has to end now, not with the next wait. */
static void uring_unwatch(void *priv, struct loop_core *core, uint32_t ix)
{
	struct loop_uring *u = priv;
	struct io_uring_sqe *sqe;

	uring_forget(u, core);
	if (!core->watches[ix].armed) {
		u->n_unarmed--;
		return;
	}
	sqe = uring_get_sqe(u);
	if (sqe) {
		io_uring_prep_poll_remove(sqe, uring_user_data(core, ix));
		sqe->user_data = URING_NOBODY;
		uring_enter(u, 0);
	}
	uring_forget(u, core);
	if (!core->watches[ix].armed)
		u->n_unarmed--;
}

/* Short of memory or interrupted: the caller comes back. */
static bool uring_is_pause(int ret)
{
	return ret == -ETIME || ret == -EINTR || ret == -EAGAIN ||
	       ret == -EBUSY || ret == -ENOMEM;
}

static uint64_t uring_left(uint64_t timeout_ns, uint64_t since_ns)
{
	uint64_t gone = clock_now_ns() - since_ns;

	return gone < timeout_ns ? timeout_ns - gone : 0;
}

static int uring_wait(void *priv, struct loop_core *core, uint64_t timeout_ns,
		      uint64_t *tags, int cap)
{
	struct loop_uring *u = priv;
	uint64_t since_ns = clock_now_ns();
	uint64_t left_ns = timeout_ns;
	int n, ret;

	uring_forget(u, core);
	do {
		ret = uring_enter(u, uring_arm_all(u, core) ? left_ns : 0);
		bug_on(ret < 0 && !uring_is_pause(ret));
		n = uring_collect(u, core, tags, cap);
		left_ns = uring_left(timeout_ns, since_ns);
		/* woken by a stale completion alone: that is no report */
	} while (n == 0 && ret == 0 && left_ns > 0);
	return n;
}

const struct loop_ops loop_uring = {
	.name = "io_uring",
	.size = sizeof(struct loop_uring),
	.open = uring_open,
	.close = uring_close,
	.watch = uring_watch,
	.unwatch = uring_unwatch,
	.wait = uring_wait,
};
