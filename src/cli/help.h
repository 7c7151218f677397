/* SPDX-License-Identifier: MIT */
/*
 * help.h - the text of --help and --version, made from the tables of
 * commands and options.  Runner only.
 */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "base/str.h"

void help_make(struct str *out);

/* To stdout; the exit status. */
int help_print(void);
int help_print_version(void);

#endif
