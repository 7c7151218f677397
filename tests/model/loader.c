/* SPDX-License-Identifier: MIT */
/* The loader, its socket, the doorbell and the runner's loop.  The loader
 * forks at once and reports at once; a death is a message, and has a
 * successor that was not asked for. */
#include "tests/model/world.h"

#include "base/fell.h"
#include "base/sys.h"
#include "loop/loop.h"
#include "run/loader.h"
#include "run/tell.h"
#include "shm/wire.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MESSAGES_MAX 16

struct child {
	uint32_t slot, generation, flags;
	int status;
};

static struct child children[THREADS_MAX]; /* by thread */
static struct wire_head messages[MESSAGES_MAX];
static int senders[MESSAGES_MAX]; /* thread that a message speaks of */
static uint32_t n_sent, n_heard;
static uint32_t bell; /* eventfd(2), a word of the model */
static const char loop_place;

static uint64_t loader_hash(void)
{
	uint64_t h = n_heard;
	uint32_t i;

	for (i = n_heard; i < n_sent; i++)
		h = h * 1000003 + messages[i].kind * 64 +
		    messages[i].slot * 8 + messages[i].generation +
		    (uint64_t)messages[i].status * 4096;
	return h;
}

void loader_begin(void)
{
	memset(children, 0, sizeof(children));
	n_sent = n_heard = 0;
	explore_hash_also(loader_hash);
	memory_name(&bell, sizeof(bell), "doorbell");
}

/* As load_has_successor(): a worker that was killed. */
static bool loader_has_successor(const struct child *c)
{
	return WIFSIGNALED(c->status) && !(c->flags & WIRE_TEARDOWN) &&
	       !world_is_asked();
}

static void loader_say(uint32_t kind, int thread)
{
	const struct child *c = &children[thread];

	if (n_sent == MESSAGES_MAX)
		explore_fail("too many messages");
	senders[n_sent] = thread;
	messages[n_sent++] = (struct wire_head){ .kind = kind,
						 .slot = c->slot,
						 .generation = c->generation,
						 .status = c->status };
	if (kind == WIRE_GONE && loader_has_successor(c))
		messages[n_sent - 1].flags = WIRE_SUCCEEDED;
	explore_wake(&loop_place, 1);
}

static void loader_start(uint32_t slot, uint32_t generation, uint32_t flags);

static void loader_buried(struct thread *t)
{
	int i = explore_index_of(t);

	if (t->state == THREAD_DEAD)
		children[i].status = W_EXITCODE(0, SIGKILL);
	world.n_killed += t->state == THREAD_DEAD && !t->doomed;
	loader_say(WIRE_GONE, i);
	if (loader_has_successor(&children[i]))
		loader_start(children[i].slot, children[i].generation + 1, 0);
}

void loader_set_status(int status)
{
	children[explore_index()].status = W_EXITCODE(status, 0);
}

/* A worker as it is, told of at once. */
static void loader_start(uint32_t slot, uint32_t generation, uint32_t flags)
{
	struct thread *t = loader_fork(slot, generation, flags, worker_whole);

	loader_say(WIRE_STARTED, explore_index_of(t));
}

struct thread *loader_fork(uint32_t slot, uint32_t generation, uint32_t flags,
			   void (*main)(void *arg))
{
	static const char *const names[] = { "w0", "w1", "w2" };
	struct thread *t = explore_spawn(names[slot], main, NULL);

	t->arg = world_worker(slot, generation);
	t->mortal = world_is_mortal();
	t->on_end = loader_buried;
	children[explore_index_of(t)] =
		(struct child){ .slot = slot,
				.generation = generation,
				.flags = flags };
	return t;
}

/* The loader of the model never does. */
bool loader_has_ended(const struct loader *l)
{
	(void)l;
	return false;
}

bool loader_tears_down(void)
{
	return children[explore_index()].flags & WIRE_TEARDOWN;
}

int wire_send(int sock, const struct wire_head *head, const char *text,
	      const int *fds, int n_fds)
{
	(void)sock;
	(void)text;
	(void)fds;
	(void)n_fds;
	if (head->kind != WIRE_FORK)
		return 0;
	loader_start(head->slot, head->generation, head->flags);
	return 0;
}

int wire_recv(int sock, struct wire_msg *msg, int *fds, int *n_fds)
{
	int sender;

	(void)sock;
	*n_fds = 0;
	explore_step();
	explore_told(n_heard < n_sent);
	if (n_heard == n_sent)
		return -EAGAIN;
	sender = senders[n_heard];
	msg->head = messages[n_heard++];
	explore_told(loader_hash() + msg->head.kind * 64 + msg->head.slot);
	explore_note("hears    %s of w%u",
		     msg->head.kind == WIRE_GONE ? "the end" : "the start",
		     msg->head.slot);
	if (msg->head.kind == WIRE_GONE) {
		memory_join(&explore_self->known,
			    &explore_thread(sender)->known);
		return 1;
	}
	fds[0] = sender;
	*n_fds = 1;
	return 1;
}

/* ---- the doorbell and the loop --------------------------------------- */

/* The kernel's locks order a write to an eventfd and the read of it. */
void loader_ring(void)
{
	memory_add32(&bell, 1, NULL);
	explore_wake(&loop_place, 1);
}

ssize_t kernel_write(int fd, const void *bytes, size_t len);
ssize_t kernel_write(int fd, const void *bytes, size_t len)
{
	(void)fd;
	(void)bytes;
	loader_ring();
	return (ssize_t)len;
}

ssize_t kernel_read(int fd, void *bytes, size_t len);
ssize_t kernel_read(int fd, void *bytes, size_t len)
{
	(void)fd;
	memset(bytes, 0, len);
	return memory_exchange32(&bell, 0, NULL) ? (ssize_t)len : -1;
}

int loop_wait(struct loop *loop, uint64_t timeout_ns, uint64_t *tags, int cap)
{
	int n = 0;

	(void)loop;
	(void)cap;
	for (;;) {
		if (memory_add32(&bell, 0, NULL))
			tags[n++] = RUN_TAG_DOORBELL;
		explore_told(n_heard < n_sent);
		if (n_heard < n_sent)
			tags[n++] = RUN_TAG_LOADER;
		if (n)
			return n;
		if (!explore_sleep(&loop_place, kernel_rest(timeout_ns))) {
			kernel_advance(timeout_ns);
			return 0;
		}
	}
}

void kernel_exit(int status);
void kernel_exit(int status)
{
	loader_set_status(status);
	explore_exit();
}

/* ---- the death of the loader is not modelled -------------------------- */

int loop_watch(struct loop *loop, int fd, uint64_t tag, struct err *err)
{
	(void)loop;
	(void)fd;
	(void)tag;
	(void)err;
	explore_fail("%s was called", __func__);
}

void loop_unwatch(struct loop *loop, int fd)
{
	(void)loop;
	(void)fd;
	explore_fail("%s was called", __func__);
}

bool loader_stop(struct loader *l, uint64_t timeout_ns)
{
	(void)l;
	(void)timeout_ns;
	explore_fail("%s was called", __func__);
}

int loader_restart(struct loader *l, const struct loader_args *args,
		   struct err *err)
{
	(void)l;
	(void)args;
	(void)err;
	explore_fail("%s was called", __func__);
}

int sys_children(pid_t *pids, int cap)
{
	(void)pids;
	(void)cap;
	explore_fail("%s was called", __func__);
}

void fell_begin(struct fell *f, uint64_t now_ns)
{
	(void)f;
	(void)now_ns;
	explore_fail("%s was called", __func__);
}

bool fell_again(struct fell *f)
{
	(void)f;
	explore_fail("%s was called", __func__);
}
