/* SPDX-License-Identifier: MIT */
/*
 * plugin.h - the runner's side of a scheduler plug-in: starts its host, asks
 * it for an order, and while tests run tells it what happened and hands out
 * what it says.
 *
 * The host runs foreign code.  It shares no writable memory with anybody: it
 * sends hints (shm/hint.h), and each is checked here before a range of it
 * reaches the ring.  A hint is a wish about order and place; which tests there
 * are, which have ended and how is the runner's own.  A host that is late,
 * wrong or dead is killed, and what it had not handed out runs without it;
 * the exit status does not depend on it.
 *
 * Runner only.  Before the run its caller waits, with deadlines; during the
 * run nothing here waits.
 */
#ifndef RUN_PLUGIN_H
#define RUN_PLUGIN_H

#include "base/err.h"
#include "model/costs.h"
#include "model/plan.h"
#include "run/loader.h"

#include <stdbool.h>
#include <stdint.h>

struct plugin; /* opaque */

struct plugin_args {
	const char *path; /* as the user wrote it */
	const char *args; /* behind the colon, "" = none */
	const struct listing *listing;
	const struct plan *plan; /* a test's number is its position here */
	const struct costs *costs; /* NULL = nothing is known */
	const struct loader *loader; /* not to be killed with the host */
	uint32_t n_slots;
	uint64_t timeout_ns; /* for open, schedule, and events; 0 = none */
	char **env;
};

/* Starts a host that loads and opens it.  NULL and one sentence when that
 * cannot be done, or when it refuses its arguments (PLUG-7). */
struct plugin *plugin_new(const struct plugin_args *args, struct err *err);

/* Has it hand out what it wants to hand out first.  What goes wrong from here
 * on ends the plug-in and not the run. */
void plugin_schedule(struct plugin *p);

/* Does it live on during the run?  Then the plan stays as it is. */
bool plugin_is_dynamic(const struct plugin *p);

/* A test that was handed out for a slot, or for whoever takes it. */
#define PLUGIN_ANY UINT32_MAX

struct plugin_hint {
	uint32_t slot;
	uint32_t lo, hi; /* positions */
};

uint32_t plugin_slots(const struct plugin *p);

/* What a static one handed out, in its order: each position at most once. */
const struct plugin_hint *plugin_hints(const struct plugin *p, uint32_t *n);

/* What the user should know of it now, "" = nothing (PLUG-3, PLUG-6). */
const char *plugin_notice(const struct plugin *p);

void plugin_free(struct plugin *p);

#endif
