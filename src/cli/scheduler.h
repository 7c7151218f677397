/* SPDX-License-Identifier: MIT */
/*
 * scheduler.h - a scheduler plug-in as the user names it, and the plan that a
 * static one makes.  Runner only.
 */
#ifndef CLI_SCHEDULER_H
#define CLI_SCHEDULER_H

#include "run/plugin.h"

/* Is this value of --dist the path of a plug-in (SEL-6)? */
bool scheduler_is_plugin(const char *value);

/* Starts the plug-in of PATH[:ARGS] and has it schedule the plan, which a static
 * one puts into its order: tests that it did not hand out come last (PLUG-3).
 * path, args and plan of *args are set here.  NULL and a sentence (exit 2). */
struct plugin *scheduler_ask(const char *value, struct plugin_args *args,
			     struct plan *plan, struct err *err);

#endif
