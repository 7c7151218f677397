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

/* Starts the plug-in of PATH[:ARGS]; path and args of *args are set here.
 * NULL and a sentence (exit 2). */
struct plugin *scheduler_open(const char *value, struct plugin_args *args,
			      struct err *err);

/* Puts the tests of a plan into a static plug-in's order; those that it did
 * not hand out come last (PLUG-3). */
void scheduler_order(const struct plugin *p, struct plan *plan);

#endif
