/* SPDX-License-Identifier: MIT */
/*
 * configure.h - what the user asked for in all places: the command line, the
 * environment, shmrun.conf.  Reads the file.  Runner only.
 */
#ifndef CLI_CONFIGURE_H
#define CLI_CONFIGURE_H

#include "cli/options.h"

/* options_parse(), and for commands that open suites the layers below it;
 * o->config is then the file, and o->profile the profile's name, if there is
 * a file.  0, or -errno with one sentence (exit 2). */
int configure(struct options *o, int argc, char **argv, struct err *err);

#endif
