/* SPDX-License-Identifier: MIT */
#include "host/host.h"

#include "base/mem.h"
#include "base/role.h"
#include "base/sys.h"
#include "host/host_impl.h"
#include "model/outcome.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

_Static_assert((int)SHMRUN_SCHED_PASS == (int)OUTCOME_PASS &&
	       (int)SHMRUN_SCHED_NOTRUN == (int)OUTCOME_NOTRUN,
	       "the header's outcomes are ours");

/* ---- loading --------------------------------------------------------- */

no_return static void host_refuse(struct host *h, const char *why)
{
	struct hint_head head = { .kind = HINT_REFUSED };

	hint_send_text(h->sock, &head, why, -1);
	exit(1);
}

static void host_take_ops(struct host *h, const struct shmrun_sched_ops *ops)
{
	char why[128];

	if (ops->abi != SHMRUN_SCHED_ABI) {
		snprintf(why, sizeof(why), "it is made for scheduler ABI %u, "
			 "and this shmrun has %u", ops->abi, SHMRUN_SCHED_ABI);
		host_refuse(h, why);
	}
	if (ops->size < offsetof(struct shmrun_sched_ops, add_node))
		host_refuse(h, "its shmrun_scheduler is too short");
	memcpy(&h->ops, ops, min_of((size_t)ops->size, sizeof(h->ops)));
	if (!h->ops.schedule)
		host_refuse(h, "its shmrun_scheduler has no schedule()");
}

static void host_load(struct host *h, const char *path)
{
	struct hint_head head = { .kind = HINT_LOADED };
	const struct shmrun_sched_ops *ops;
	void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);

	if (!handle)
		host_refuse(h, dlerror());
	ops = dlsym(handle, "shmrun_scheduler");
	if (!ops)
		host_refuse(h, "it is not a scheduler plug-in: there is no "
			    "symbol shmrun_scheduler in it");
	host_take_ops(h, ops);
	head.flags = h->ops.flags;
	if (hint_send_text(h->sock, &head, h->ops.name, -1) < 0)
		host_end();
}

/* What the plug-in said, if anything. */
static void host_answer(struct host *h, enum hint_kind kind, int status)
{
	struct hint_head head = { .kind = kind, .status = status };

	if (hint_send_text(h->sock, &head, h->said, -1) < 0)
		host_end();
	h->said[0] = '\0';
}

static void host_open(struct host *h, const char *path, int fd)
{
	struct err err = { 0 };
	int status = 0;

	if (fd < 0 || brief_attach(&h->brief, fd, &err) < 0)
		host_end();
	close(fd);
	tests_init(&h->tests, &h->brief);
	h->ended = mem_array(h->brief.head->n_positions, 1);
	host_load(h, path);
	if (h->ops.open)
		status = h->ops.open(&h->pub, h->brief.args, &h->self);
	host_answer(h, HINT_OPENED, status);
}

/* ---- events ---------------------------------------------------------- */

static void host_complete(struct host *h, const struct hint_event *ev)
{
	struct shmrun_sched_result r = {
		.size = sizeof(r),
		.outcome = ev->outcome,
		.attempt = ev->attempt,
		.flags = (ev->leak ? SHMRUN_SCHED_LEAK : 0) |
			 (ev->late ? SHMRUN_SCHED_LATE : 0),
		.start_ns = ev->start_ns,
		.duration_ns = ev->duration_ns,
	};

	if (ev->test >= h->brief.head->n_positions || h->ended[ev->test])
		return;
	h->ended[ev->test] = 1;
	h->n_ended++;
	if (h->ops.mark_test_complete)
		h->ops.mark_test_complete(&h->pub, h->self, ev->slot, ev->test,
					  &r);
}

static void host_event(struct host *h, const struct hint_event *ev)
{
	const struct shmrun_sched_ops *ops = &h->ops;

	switch ((enum hint_event_kind)ev->kind) {
	case HINT_NODE_UP:
		if (ops->add_node)
			ops->add_node(&h->pub, h->self, ev->slot,
				      ev->generation);
		break;
	case HINT_NODE_DOWN:
		if (ops->remove_node)
			ops->remove_node(&h->pub, h->self, ev->slot,
					 ev->generation, ev->test);
		break;
	case HINT_COMPLETE:
		host_complete(h, ev);
		break;
	case HINT_PENDING:
		if (ops->mark_test_pending)
			ops->mark_test_pending(&h->pub, h->self, ev->test,
					       ev->attempt);
		break;
	case HINT_LOW_WATER:
		if (ops->low_water)
			ops->low_water(&h->pub, h->self, (size_t)ev->value);
		break;
	}
}

static void host_events(struct host *h, const struct hint_msg *msg)
{
	struct hint_head seen = { .kind = HINT_SEEN,
				  .serial = msg->head.serial };
	uint32_t i;

	for (i = 0; i < msg->head.n; i++)
		host_event(h, &msg->events[i]);
	if (hint_send_head(h->sock, &seen) < 0)
		host_end();
}

/* ---- serving --------------------------------------------------------- */

no_return static void host_close(struct host *h)
{
	struct hint_head head = { .kind = HINT_CLOSED };

	if (h->ops.close)
		h->ops.close(&h->pub, h->self);
	hint_send_head(h->sock, &head);
	exit(0);
}

static void host_serve(struct host *h, const struct hint_msg *msg, int fd)
{
	switch ((enum hint_kind)msg->head.kind) {
	case HINT_OPEN:
		host_open(h, msg->text, fd);
		break;
	case HINT_SCHEDULE:
		host_answer(h, HINT_SCHEDULED,
			    h->ops.schedule(&h->pub, h->self));
		break;
	case HINT_EVENTS:
		host_events(h, msg);
		break;
	case HINT_CLOSE:
		host_close(h);
	case HINT_RECALLED:
	case HINT_LOADED:
	case HINT_REFUSED:
	case HINT_OPENED:
	case HINT_PUSH:
	case HINT_ASSIGN:
	case HINT_RECALL:
	case HINT_SCHEDULED:
	case HINT_SEEN:
	case HINT_CLOSED:
	case N_HINTS:
		host_end();
	}
}

/* The oldest that came while an answer was waited for, else the next one. */
static int host_next(struct host *h, struct hint_msg *msg, int *fd)
{
	struct waiting *w = &h->waiting;

	if (w->n == 0)
		return hint_recv(h->sock, msg, false, fd);
	*fd = -1;
	memcpy(msg, w->items[0], sizeof(*msg));
	free(w->items[0]);
	memmove(w->items, w->items + 1, --w->n * sizeof(*w->items));
	return 1;
}

static void host_prepare(int sock, pid_t runner)
{
	int oom;

	role_current = ROLE_HOST;
	sys_reset_signals();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != runner)
		host_end();
	prctl(PR_SET_NAME, "shmrun-sched");
	fcntl(sock, F_SETFD, FD_CLOEXEC);
	if (sock > 3)
		sys_close_range(3, sock - 1);
	sys_close_range(sock + 1, INT_MAX);
	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	oom = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (oom >= 0) {
		/* Rather the host than the runner (PROC-18). */
		sys_write_all(oom, "500", 3);
		close(oom);
	}
}

no_return void host_main(int argc, char **argv)
{
	static struct host host;
	static struct hint_msg msg;
	int fd;

	if (argc != 4)
		exit(2);
	host.sock = atoi(argv[2]);
	host.pub.services_ = &host_services;
	host_prepare(host.sock, (pid_t)atoi(argv[3]));
	while (host_next(&host, &msg, &fd) == 1)
		host_serve(&host, &msg, fd);
	exit(0);
}
