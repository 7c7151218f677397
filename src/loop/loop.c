/* SPDX-License-Identifier: MIT */
#include "loop/loop.h"

#include "base/die.h"
#include "base/mem.h"
#include "base/vec.h"
#include "loop/loop_impl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct loop {
	const struct loop_ops *ops;
	struct loop_core core;
	void *priv;
	char why[ERR_TEXT_CAP];
};

/* In order of preference. */
static const struct loop_ops *const loop_backends[] = {
#if HAVE_LIBURING
	&loop_uring,
#endif
	&loop_epoll,
	NULL
};

static const char *const loop_backend_names[N_BACKENDS] = {
	[BACKEND_URING] = "io_uring",
	[BACKEND_EPOLL] = "epoll",
};

static int loop_try(struct loop *loop, const struct loop_ops *ops,
		    struct err *err)
{
	void *priv = mem_zalloc(ops->size);
	int ret = ops->open(priv, err);

	if (ret < 0) {
		free(priv);
		return ret;
	}
	loop->ops = ops;
	loop->priv = priv;
	return 0;
}

/* The first that opens; why says what was refused before it. */
static int loop_choose_best(struct loop *loop, struct err *err)
{
	const struct loop_ops *const *ops;
	struct err refusal;
	int ret = err_set(&refusal, -ENOSYS,
			  "this shmrun is built without io_uring");

	for (ops = loop_backends; *ops && ret < 0; ops++)
		ret = loop_try(loop, *ops, &refusal);
	if (ret < 0)
		return err_set(err, ret, "%s", refusal.text);
	if (loop->ops == &loop_epoll)
		snprintf(loop->why, sizeof(loop->why), "%s", refusal.text);
	return 0;
}

static int loop_choose_named(struct loop *loop, const char *name,
			     struct err *err)
{
	const struct loop_ops *const *ops;

	for (ops = loop_backends; *ops; ops++)
		if (strcmp((*ops)->name, name) == 0)
			return loop_try(loop, *ops, err);
	return err_set(err, -ENOSYS, "this shmrun is built without %s", name);
}

static int loop_choose(struct loop *loop, enum backend wanted, struct err *err)
{
	if (wanted == BACKEND_AUTO)
		return loop_choose_best(loop, err);
	return loop_choose_named(loop, loop_backend_names[wanted], err);
}

struct loop *loop_open(enum backend wanted, struct err *err)
{
	struct loop *loop = mem_zalloc(sizeof(*loop));

	if (loop_choose(loop, wanted, err) < 0) {
		free(loop);
		return NULL;
	}
	return loop;
}

void loop_close(struct loop *loop)
{
	if (!loop)
		return;
	loop->ops->close(loop->priv);
	free(loop->priv);
	free(loop->core.watches);
	free(loop);
}

const char *loop_name(const struct loop *loop)
{
	return loop->ops->name;
}

const char *loop_why(const struct loop *loop)
{
	return loop->why;
}

static struct loop_watch *loop_find(struct loop_core *core, int fd)
{
	uint32_t ix;

	for (ix = 0; ix < core->n; ix++)
		if (core->watches[ix].fd == fd)
			return &core->watches[ix];
	return NULL;
}

static struct loop_watch *loop_take_place(struct loop_core *core)
{
	struct loop_watch *watch = loop_find(core, -1);

	if (watch)
		return watch;
	vec_room(core->watches, core->n, core->cap);
	watch = &core->watches[core->n++];
	*watch = (struct loop_watch){ .fd = -1 };
	return watch;
}

int loop_watch(struct loop *loop, int fd, uint64_t tag, struct err *err)
{
	struct loop_core *core = &loop->core;
	struct loop_watch *watch;
	int ret;

	if (fd < 0)
		return err_set(err, -EBADF, "cannot wait for descriptor %d",
			       fd);
	if (loop_find(core, fd))
		return err_set(err, -EEXIST, "descriptor %d is watched already",
			       fd);
	watch = loop_take_place(core);
	watch->fd = fd;
	watch->epoch++;
	watch->armed = false;
	watch->tag = tag;
	ret = loop->ops->watch(loop->priv, core,
			       (uint32_t)(watch - core->watches), err);
	if (ret < 0)
		watch->fd = -1;
	return ret;
}

void loop_unwatch(struct loop *loop, int fd)
{
	struct loop_core *core = &loop->core;
	struct loop_watch *watch = fd < 0 ? NULL : loop_find(core, fd);

	if (!watch)
		return;
	loop->ops->unwatch(loop->priv, core,
			   (uint32_t)(watch - core->watches));
	watch->fd = -1;
}

int loop_wait(struct loop *loop, uint64_t timeout_ns, uint64_t *tags, int cap)
{
	bug_on(cap < 1);
	return loop->ops->wait(loop->priv, &loop->core, timeout_ns, tags, cap);
}
