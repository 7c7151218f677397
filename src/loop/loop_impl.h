/* SPDX-License-Identifier: MIT */
/*
 * loop_impl.h - for implementers of back ends only.
 *
 * The core owns the table fd -> tag and the order of preference; a back end
 * only arms, disarms and waits.
 */
#ifndef LOOP_LOOP_IMPL_H
#define LOOP_LOOP_IMPL_H

#include "loop/loop.h"

#include <stddef.h>

struct loop_watch {
	int fd; /* -1 = free */
	uint32_t epoch; /* counts reuses of this place: a late report is stale */
	bool armed;
	uint64_t tag;
};

struct loop_core {
	struct loop_watch *watches;
	uint32_t n, cap;
};

struct loop_ops {
	const char *name;
	size_t size; /* of the private state, allocated by the core */
	int (*open)(void *priv, struct err *err);
	void (*close)(void *priv);
	/* watch: its index in core->watches */
	int (*watch)(void *priv, struct loop_core *core, uint32_t ix,
		     struct err *err);
	void (*unwatch)(void *priv, struct loop_core *core, uint32_t ix);
	int (*wait)(void *priv, struct loop_core *core, uint64_t timeout_ns,
		    uint64_t *tags, int cap);
};

extern const struct loop_ops loop_uring;
extern const struct loop_ops loop_epoll;

#endif
